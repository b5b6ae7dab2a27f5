/**
 * A PostgreSQL array of values that need no quotes: whole numbers, ids, hex, names from a fixed list; null stays
 * null. The driver quotes and escapes each element of an array, which took as long as the rest of sending it. Throws
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

/** PostgreSQL reads an unquoted `null` as a missing value, so the text "null" is not allowed. */
const PLAIN = /^(?!null$)[\w.-]+$/i
