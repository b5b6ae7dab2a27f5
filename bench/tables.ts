const say = (text: string) => process.stdout.write(`${text}\n`)

/** Prints a table for the eye, and the same in Markdown. */
export function printTable(title: string, head: string[], rows: string[][]): void {
  const widths = head.map((cell, column) =>
    Math.max(cell.length, ...rows.map((row) => row[column]?.length ?? 0)),
  )
  const line = (cells: string[]) =>
    cells
      .map((cell, at) => (at === 0 ? cell.padEnd(widths[at] ?? 0) : cell.padStart(widths[at] ?? 0)))
      .join('  ')
  say(`\n${title}\n`)
  say([line(head), ...rows.map(line)].join('\n'))
  say(`\n${markdown(head, rows)}\n`)
}

function markdown(head: string[], rows: string[][]): string {
  const rule = head.map((_, at) => (at === 0 ? '---' : '---:'))
  return [head, rule, ...rows].map((cells) => `| ${cells.join(' | ')} |`).join('\n')
}

export const whole = (value: number) =>
  Number.isFinite(value) ? Math.round(value).toLocaleString('en') : '–'
export const tenth = (value: number) => (Number.isFinite(value) ? value.toFixed(1) : '–')
export const times = (value: number) => (Number.isFinite(value) ? `${value.toFixed(2)} ×` : '–')
