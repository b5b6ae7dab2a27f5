import { fromMarks, hasDigits, hideDigits, isMark } from '../../platform/kernel/exact-json'

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

/** Whether a JSON text repeats one of them, in whichever of JSON's spellings. */
export function repeats(text: string, secrets: readonly string[]): boolean {
  if (secrets.length === 0) return false
  if (secrets.some((secret) => text.includes(secret) || text.includes(escaped(secret)))) return true
  return FREELY_ESCAPED.test(text) && spellingsOf(secrets).test(text)
}

/**
 * A JSON value without them, in its texts and names. An endpoint may say back what it was sent, and its answer goes to
 * people who may not know it.
 */
export function withoutSecrets<Value>(value: Value, secrets: readonly string[]): Value {
  const spellings = new RegExp(spellingsOf(secrets), 'g')
  const clean = (text: string) => (repeats(text, secrets) ? text.replace(spellings, IN_ITS_PLACE) : text)
  if (!hasDigits(value)) return cleaned(value, clean) as Value
  // Digits are remembered by the name of their field, which may be another one now.
  return fromMarks(cleaned(hideDigits(value), clean)) as Value
}

function cleaned(value: unknown, clean: (text: string) => string): unknown {
  if (typeof value === 'string') return isMark(value) ? value : clean(value)
  if (Array.isArray(value)) return value.map((one) => cleaned(one, clean))
  if (typeof value !== 'object' || value === null) return value
  return Object.fromEntries(Object.entries(value).map(([name, one]) => [clean(name), cleaned(one, clean)]))
}

const escaped = (text: string) => JSON.stringify(text).slice(1, -1)

/** Escapes that JSON allows and does not ask for. Some languages write them: `\/` for a slash, `\u0026` for an ampersand. */
const FREELY_ESCAPED = /\\(?:\/|u00)/

const found = new WeakMap<readonly string[], RegExp>()

/** Finds each secret however JSON spells it, also in a text within a text. */
function spellingsOf(secrets: readonly string[]): RegExp {
  const spellings = found.get(secrets) ?? new RegExp(secrets.map(spelled).join('|'))
  found.set(secrets, spellings)
  return spellings
}

const spelled = (secret: string) => (secret.match(/\\+|[^\\]/g) ?? []).map(spelledPiece).join('')

/** Runs of backslashes are one piece. All are bounded, and begin once: what is looked through may be long, and nothing else. */
function spelledPiece(piece: string, at: number): string {
  const begin = at === 0 ? '(?<!\\\\)' : ''
  if (piece.startsWith('\\')) return `${begin}(?:\\\\{1,31}(?:u005[cC]\\\\{0,31})*)`
  const hex = piece.charCodeAt(0).toString(16).padStart(4, '0')
  const anyCase = hex.replace(/[a-f]/g, (digit) => `[${digit}${digit.toUpperCase()}]`)
  const before = piece === '/' || piece === '"' ? '\\\\{0,15}' : ''
  return `(?:${before}\\u${hex}|${begin}\\\\{1,15}u${anyCase})`
}
