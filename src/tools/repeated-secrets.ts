/** Anything shorter stands in too many answers by chance. */
const LEAST = 8
const IN_ITS_PLACE = '***'

/**
 * What an answer may not repeat of these secret headers' values: each value, and the key behind its scheme, also as JSON
 * spells them, which a text of an answer may hold.
 */
export function unrepeatable(values: Iterable<string>): string[] {
  const plain = [...values].flatMap((value) => [value, value.replace(/^[a-z]+ +/i, '')])
  const all = plain.flatMap((value) => [value, escaped(value)])
  return [...new Set(all)].filter((value) => value.length >= LEAST).sort((a, b) => b.length - a.length)
}

/** Whether a JSON text repeats one of them. */
export function repeats(text: string, secrets: readonly string[]): boolean {
  return secrets.some((secret) => text.includes(secret) || text.includes(escaped(secret)))
}

/**
 * A JSON value without them, in its texts and names. An endpoint may say back what it was sent, and its answer goes to
 * people who may not know it.
 */
export function withoutSecrets<Value>(value: Value, secrets: readonly string[]): Value {
  return cleaned(value, secrets) as Value
}

function cleaned(value: unknown, secrets: readonly string[]): unknown {
  if (typeof value === 'string')
    return secrets.reduce((text, one) => text.replaceAll(one, IN_ITS_PLACE), value)
  if (Array.isArray(value)) return value.map((one) => cleaned(one, secrets))
  if (typeof value !== 'object' || value === null) return value
  const entries = Object.entries(value).map(([name, one]) => [cleaned(name, secrets), cleaned(one, secrets)])
  return Object.fromEntries(entries)
}

const escaped = (text: string) => JSON.stringify(text).slice(1, -1)
