import { randomBytes } from 'node:crypto'

/**
 * JSON whose integers keep their digits beyond 2⁵³. Values stay ordinary numbers, for schemas and sums. The digits that a
 * number cannot hold are stored in the object or list, under a symbol that spreads copy and JSON ignores. Texts without 16
 * digits in a row skip all of this.
 */
const EXACT = Symbol.for('hub.exact-integers')

/** The prefix of digits that are stored as a string. Nobody outside can know it. */
const MARK = `exact-${randomBytes(12).toString('hex')}:`
const MARKED = new RegExp(`"${MARK}(-?\\d+)"`, 'g')

const LONG = /[:[,]\s*-?\d{16,}/
const EACH_LONG = /[:[,]\s*(-?\d{16,})(?![\d.eE])/g
/** Deeper values are refused elsewhere; a walk through them must not exhaust the stack. */
const MOST_DEPTH = 200

type Digits = ReadonlyMap<string, string>
type Holder = { [EXACT]?: Digits }

const NONE: Digits = new Map()

/** Parses JSON; throws as `JSON.parse` does. */
export function parseJson(text: string): unknown {
  const value: unknown = JSON.parse(text)
  if (!LONG.test(text)) return value
  const marked = withMarks(text)
  if (marked === text) return value
  try {
    return fromMarks(JSON.parse(marked))
  } catch {
    return value
  }
}

/**
 * The JSON text of a value, with all digits if the value or one of its `sources` has such integers.
 */
export function toJson(value: unknown, ...sources: unknown[]): string {
  if (!hasDigits(value) && !sources.some(hasDigits)) return JSON.stringify(value)
  return showDigits(JSON.stringify(value, marking))
}

/** Whether a parsed value has such integers, at any depth. */
export function hasDigits(value: unknown): boolean {
  return typeof value === 'object' && value !== null && (value as Holder)[EXACT] !== undefined
}

/** Notes that a value was made from another one, so that `toJson` also searches the source for digits. */
export function madeOf<Value extends object>(source: unknown, value: Value): Value {
  if (hasDigits(source) && !hasDigits(value)) (value as Holder)[EXACT] = NONE
  return value
}

/** The same for a copy with the same field names: the copy's own numbers keep their digits too. */
export function copyOf<Value extends object>(source: object, copy: Value): Value {
  const digits = (source as Holder)[EXACT]
  if (digits) (copy as Holder)[EXACT] = digits
  return copy
}

/** A copy whose large integers are strings of their digits, for a library that copies values and writes JSON itself. */
export function hideDigits<Value>(value: Value): Value {
  return JSON.parse(JSON.stringify(value, marking)) as Value
}

/** The text that such a library wrote, with the digits as numbers. */
export const showDigits = (text: string) => (text.includes(MARK) ? text.replace(MARKED, '$1') : text)

/** A JSON text whose large integers are strings of their digits, for a library that parses it itself. */
export const hideDigitsIn = (text: string) => (LONG.test(text) ? withMarks(text) : text)

/** Whether a string in such JSON means an integer. Nothing may change such a string: it would stay one, with the mark. */
export const isMark = (text: string) => text.startsWith(MARK)

/** Turns the result of such a library back into numbers that keep their digits. Changes the value in place. */
export function fromMarks<Value>(value: Value): Value {
  if (typeof value === 'object' && value !== null) unmark(value as Record<string, unknown>, 0)
  return value
}

function marking(this: Holder, key: string, value: unknown): unknown {
  const digits = typeof value === 'number' ? this[EXACT]?.get(key) : undefined
  return digits !== undefined && Number(digits) === value ? MARK + digits : value
}

function unmark(node: Record<string, unknown>, depth: number): boolean {
  if (depth > MOST_DEPTH) throw new RangeError('nested too deep')
  const digits = new Map<string, string>()
  let isWithin = false
  for (const key of Object.keys(node)) {
    const child = node[key]
    if (typeof child === 'string' && isMark(child)) {
      const text = child.slice(MARK.length)
      digits.set(key, text)
      // An assignment to `__proto__` would not create a field.
      Object.defineProperty(node, key, {
        value: Number(text),
        writable: true,
        enumerable: true,
        configurable: true,
      })
    } else if (typeof child === 'object' && child !== null)
      isWithin = unmark(child as Record<string, unknown>, depth + 1) || isWithin
  }
  if (digits.size === 0 && !isWithin) return false
  ;(node as Holder)[EXACT] = digits
  return true
}

/** Turns large integers into strings, except those within a string. It reads the text once, however many there are. */
function withMarks(text: string): string {
  const strings = new Strings(text)
  let [marked, from] = ['', 0]
  for (const match of text.matchAll(EACH_LONG)) {
    const [all, digits = ''] = match
    const start = match.index + all.length - digits.length
    if (Number.isSafeInteger(Number(digits)) || strings.hold(match.index)) continue
    marked += `${text.slice(from, start)}"${MARK}${digits}"`
    from = start + digits.length
  }
  return from === 0 ? text : marked + text.slice(from)
}

/** Tells for ascending positions in a JSON text whether they are within a string. */
class Strings {
  /** The next string of the text. */
  #begin: number
  #end: number

  constructor(private readonly text: string) {
    this.#begin = text.indexOf('"')
    this.#end = this.#endOf(this.#begin)
  }

  hold(at: number): boolean {
    while (this.#begin !== -1 && this.#end < at) {
      this.#begin = this.text.indexOf('"', this.#end + 1)
      this.#end = this.#endOf(this.#begin)
    }
    return this.#begin !== -1 && this.#begin < at
  }

  #endOf(begin: number): number {
    if (begin === -1) return -1
    let end = this.text.indexOf('"', begin + 1)
    while (end !== -1 && this.#isEscaped(end)) end = this.text.indexOf('"', end + 1)
    return end === -1 ? this.text.length : end
  }

  #isEscaped(at: number): boolean {
    let before = at - 1
    while (this.text.charCodeAt(before) === 0x5c) before -= 1
    return (at - before) % 2 === 0
  }
}
