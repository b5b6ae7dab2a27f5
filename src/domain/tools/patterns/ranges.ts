/** A set of code points: ascending ranges that do not touch, each with its first and last. */
export type Ranges = readonly (readonly [first: number, last: number])[]

const LAST = 0x10ffff

export const DIGITS: Ranges = [[0x30, 0x39]]
export const WORD: Ranges = [
  [0x30, 0x39],
  [0x41, 0x5a],
  [0x5f, 0x5f],
  [0x61, 0x7a],
]
export const LINE_ENDS: Ranges = [
  [0x0a, 0x0a],
  [0x0d, 0x0d],
  [0x2028, 0x2029],
]
/** ECMAScript's white space and line ends. */
export const SPACES: Ranges = [
  [0x09, 0x0d],
  [0x20, 0x20],
  [0xa0, 0xa0],
  [0x1680, 0x1680],
  [0x2000, 0x200a],
  [0x2028, 0x2029],
  [0x202f, 0x202f],
  [0x205f, 0x205f],
  [0x3000, 0x3000],
  [0xfeff, 0xfeff],
]

export function union(...sets: Ranges[]): Ranges {
  const sorted = sets.flat().sort(([a], [b]) => a - b)
  const merged: [number, number][] = []
  for (const [first, last] of sorted) {
    const before = merged.at(-1)
    if (before && first <= before[1] + 1) before[1] = Math.max(before[1], last)
    else merged.push([first, last])
  }
  return merged
}

export function complement(set: Ranges): Ranges {
  const rest: [number, number][] = []
  let next = 0
  for (const [first, last] of set) {
    if (first > next) rest.push([next, first - 1])
    next = last + 1
  }
  if (next <= LAST) rest.push([next, LAST])
  return rest
}

export function areDisjoint(a: Ranges, b: Ranges): boolean {
  return union(a, b).reduce((sum, range) => sum + sizeOf(range), 0) === size(a) + size(b)
}

const sizeOf = ([first, last]: readonly [number, number]) => last - first + 1
const size = (set: Ranges) => set.reduce((sum, range) => sum + sizeOf(range), 0)

const known = new Map<string, Ranges>()
const MOST_KNOWN = 100

/**
 * The code points of a Unicode property (`\p{Lu}`), as this Node knows it: each version of Unicode has more. Throws for
 * one that does not exist.
 */
export function rangesOfProperty(spelled: string): Ranges {
  const found = known.get(spelled) ?? findRanges(spelled)
  if (known.size >= MOST_KNOWN) known.clear()
  known.set(spelled, found)
  return found
}

const FIRST_SURROGATE = 0xd800
const AFTER_SURROGATES = 0xe000

function findRanges(spelled: string): Ranges {
  const runs = everyCodePoint().matchAll(new RegExp(`${spelled}+`, 'gu'))
  return union(
    ...[...runs].map(([run]): Ranges => {
      const last = run.codePointAt(run.length - (isPairAt(run, run.length - 2) ? 2 : 1)) as number
      return withoutSurrogates(run.codePointAt(0) as number, last)
    }),
  )
}

const isPairAt = (text: string, at: number) => (text.codePointAt(at) ?? 0) > 0xffff

/** They are not in the text, so a run may go on behind them. */
function withoutSurrogates(first: number, last: number): Ranges {
  if (last < FIRST_SURROGATE || first >= AFTER_SURROGATES) return [[first, last]]
  return [
    [first, FIRST_SURROGATE - 1],
    [AFTER_SURROGATES, last],
  ]
}

/** All of them in their order, but surrogates, as UTF-16 has them. */
function everyCodePoint(): string {
  const pairs = 0x110000 - 0x10000
  const units = new Uint16Array(FIRST_SURROGATE + (0x10000 - AFTER_SURROGATES) + 2 * pairs)
  let at = 0
  for (let code = 0; code < 0x10000; code += 1) {
    if (code < FIRST_SURROGATE || code >= AFTER_SURROGATES) units[at++] = code
  }
  for (let code = 0; code < pairs; code += 1) {
    units[at++] = 0xd800 + (code >> 10)
    units[at++] = 0xdc00 + (code & 0x3ff)
  }
  return new TextDecoder('utf-16le').decode(units)
}
