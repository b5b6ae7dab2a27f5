import type { PlayedRow } from './play'
import type { Probe } from './row'

const MOST_SEEN = 400

/** A row with its probes, as the command prints it. */
export function describe({ row, probes, held, seconds }: PlayedRow): string {
  const head = `${held ? 'held    ' : 'NOT HELD'}  ${row.number.padEnd(3)}  ${row.title}  (${seconds.toFixed(1)} s)`
  const lines = probes.map(describeProbe)
  return [head, ...lines].join('\n')
}

function describeProbe({ what, outcome, seen, seconds }: Probe): string {
  const time = seconds >= 1 ? ` (${seconds.toFixed(1)} s)` : ''
  return `  ${outcome.padEnd(8)}  ${what}: ${short(seen)}${time}`
}

/** The last lines: which rows held. */
export function summary(played: readonly PlayedRow[]): string {
  const fallen = played.filter(({ held }) => !held).map(({ row }) => row.number)
  const held = `\n${played.length - fallen.length} of ${played.length} rows held.`
  return fallen.length === 0 ? held : `${held} Not held: ${fallen.join(', ')}`
}

function short(text: string): string {
  const line = text.replace(/\s+/g, ' ').trim()
  return line.length > MOST_SEEN ? `${line.slice(0, MOST_SEEN)}…` : line
}
