/**
 * A PostgreSQL array of values that need no quotes: whole numbers, ids, hex, names of a fixed list; null is null.
 * The driver quotes and escapes each element of an array, which took as long as the rest of sending it. Throws
 * `TypeError` for a text that needs quotes.
 */
export function bare(values: ReadonlyArray<string | number | null | undefined>): string {
  let text = ''
  for (const value of values) {
    if (typeof value === 'string' && !PLAIN.test(value)) throw new TypeError('A text needs quotes')
    text += text === '' ? (value ?? 'null') : `,${value ?? 'null'}`
  }
  return `{${text}}`
}

/** The word alone would be read as nothing. */
const PLAIN = /^(?!null$)[\w.-]+$/i
