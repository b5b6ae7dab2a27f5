import { isLong, type Value } from './json-value'
import type { Style } from './style'

/** JSON in any of its spellings: white space and escapes anywhere, fields in another order, numbers with an exponent. */
export function toAnyJson(value: Value, style: Style): string {
  return spelled(value, { ...style, roll: dice(style.seed) })
}

type Spelling = Style & { roll: (sides: number) => number }

function spelled(value: Value, how: Spelling): string {
  if (isLong(value)) return value.$int
  if (typeof value === 'string') return toText(value, how)
  if (typeof value === 'number') return toNumber(value, how)
  if (typeof value !== 'object' || value === null) return String(value)
  const parts = Array.isArray(value)
    ? value.map((one) => spelled(one, how))
    : fieldsOf(value, how).map(
        ([name, one]) => `${toText(name, how)}${space(how)}:${space(how)}${spelled(one, how)}`,
      )
  const [open, close] = Array.isArray(value) ? '[]' : '{}'
  const between = parts.join(`${space(how)},${space(how)}`)
  return `${open}${space(how)}${between}${space(how)}${close}`
}

function fieldsOf(value: { [name: string]: Value }, { reversedFields }: Spelling): [string, Value][] {
  return reversedFields ? Object.entries(value).reverse() : Object.entries(value)
}

function space({ isPretty, roll }: Spelling): string {
  return isPretty ? (['', '', ' ', '\n', '\t', '\r\n  '][roll(6)] as string) : ''
}

const SHORT: Record<string, string> = { '/': '\\/', '"': '\\"', '\\': '\\\\', '\n': '\\n', '\t': '\\t' }

/** By characters, not halves of them: half a character by itself has no other spelling than its escape. */
function toText(text: string, { repeatsNames: escapes, roll }: Spelling): string {
  if (!escapes) return JSON.stringify(text)
  const spell = (character: string) => {
    if (roll(3) === 0) return SHORT[character] ?? JSON.stringify(character).slice(1, -1)
    return roll(2) === 0 ? JSON.stringify(character).slice(1, -1) : escaped(character, roll(2) === 0)
  }
  return `"${[...text].map(spell).join('')}"`
}

function escaped(character: string, inCapitals: boolean): string {
  const units = Array.from({ length: character.length }, (_, at) => character.charCodeAt(at))
  const hexes = units.map((unit) => unit.toString(16).padStart(4, '0'))
  return hexes.map((hex) => `\\u${inCapitals ? hex.toUpperCase() : hex}`).join('')
}

function toNumber(value: number, { interleavesCalls: writesExponents, roll }: Spelling): string {
  const plain = JSON.stringify(value)
  if (!writesExponents || !/^-?\d{1,15}$/.test(plain)) return plain
  return [plain, `${plain}.0`, `${plain}e0`, `${plain}.00E+00`][roll(4)] as string
}

/** Numbers that look random and are the same each time. */
function dice(seed: number): (sides: number) => number {
  let state = seed + 1
  return (sides) => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0
    return (state >>> 8) % sides
  }
}

const STRING_OR_NUMBER = /"[^"\\]*(?:\\.[^"\\]*)*"|-?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?/gs

/** Reads JSON with integers as they were written: those that no double holds as their digits. */
export function readJson(text: string): Value {
  return JSON.parse(
    text.replace(STRING_OR_NUMBER, (token) => (isTooLong(token) ? `{"$int":"${token}"}` : token)),
  ) as Value
}

const isTooLong = (token: string) => /^-?\d{16,}$/.test(token) && !Number.isSafeInteger(Number(token))

/** The same value as anybody's library would write it: long integers are doubles there. */
export function toPlainJson(value: Value): string {
  return JSON.stringify(value).replace(/\{"\$int":"(-?\d+)"\}/g, (_all, digits) => String(Number(digits)))
}
