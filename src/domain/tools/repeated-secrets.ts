import { fromMarks, hasDigits, hideDigits, isMark } from '../../platform/kernel/exact-json'

/** Shorter values are in too many responses by chance. */
const LEAST = 8
const IN_ITS_PLACE = '***'

/**
 * The texts that a response may not repeat: each value of these secret headers, and the key after its scheme. Both also in
 * their JSON spelling, which a text in a response may contain.
 */
export function unrepeatable(values: Iterable<string>): string[] {
  const plain = [...values].flatMap((value) => [value, value.replace(/^[a-z]+ +/i, '')])
  const all = plain.flatMap((value) => [value, escaped(value)])
  return [...new Set(all)].filter((value) => value.length >= LEAST).sort((a, b) => b.length - a.length)
}

/** Whether a JSON text repeats one of them, in any JSON spelling. */
export function repeats(text: string, secrets: readonly string[]): boolean {
  if (secrets.length === 0) return false
  if (secrets.some((secret) => text.includes(secret) || text.includes(escaped(secret)))) return true
  return FREELY_ESCAPED.test(text) && spellingsOf(secrets).test(text)
}

/**
 * Removes them from the texts and names of a JSON value. An endpoint may return what it was sent, and its response goes to
 * people who may not see the secret.
 */
export function withoutSecrets<Value>(value: Value, secrets: readonly string[]): Value {
  const spellings = new RegExp(spellingsOf(secrets), 'g')
  const clean = (text: string) => (repeats(text, secrets) ? text.replace(spellings, IN_ITS_PLACE) : text)
  if (!hasDigits(value)) return cleaned(value, clean) as Value
  // Digits are stored by the name of their field, which may have changed.
  return fromMarks(cleaned(hideDigits(value), clean)) as Value
}

function cleaned(value: unknown, clean: (text: string) => string): unknown {
  if (typeof value === 'string') return isMark(value) ? value : clean(value)
  if (Array.isArray(value)) return value.map((one) => cleaned(one, clean))
  if (typeof value !== 'object' || value === null) return value
  return Object.fromEntries(Object.entries(value).map(([name, one]) => [clean(name), cleaned(one, clean)]))
}

const escaped = (text: string) => JSON.stringify(text).slice(1, -1)

/** Optional escapes of JSON. Some languages write them: `\/` for a slash, `\u0026` for an ampersand. */
const FREELY_ESCAPED = /\\(?:\/|u00)/

const found = new WeakMap<readonly string[], RegExp>()

/** Finds each secret in every JSON spelling, also in JSON within a string. */
function spellingsOf(secrets: readonly string[]): RegExp {
  const spellings = found.get(secrets) ?? new RegExp(secrets.map(spelled).join('|'))
  found.set(secrets, spellings)
  return spellings
}

const spelled = (secret: string) => (secret.match(/\\+|[^\\]/g) ?? []).map(spelledPiece).join('')

/**
 * A run of backslashes is one piece. All repeats are limited and begin only once, because the searched text may be long.
 */
function spelledPiece(piece: string, at: number): string {
  const begin = at === 0 ? '(?<!\\\\)' : ''
  if (piece.startsWith('\\')) return `${begin}(?:\\\\{1,31}(?:u005[cC]\\\\{0,31})*)`
  const hex = piece.charCodeAt(0).toString(16).padStart(4, '0')
  const anyCase = hex.replace(/[a-f]/g, (digit) => `[${digit}${digit.toUpperCase()}]`)
  const before = piece === '/' || piece === '"' ? '\\\\{0,15}' : ''
  return `(?:${before}\\u${hex}|${begin}\\\\{1,15}u${anyCase})`
}
