import { RE2JS } from 're2js'
import { areDisjoint, type Ranges } from './ranges'
import { type Pattern, parsePattern } from './syntax'

/** Matches a pattern, and tells the cost of matching. */
export type Matcher = {
  test: (text: string) => boolean
  /**
   * - `plain`: Node's own engine reads the text once, or once for each of a few characters;
   * - `linear`: an engine without backtracking, usually several times slower;
   * - `backtracking`: the pattern has lookarounds or backreferences; only Node's own engine supports them, without a bound
   *   on its time.
   */
  cost: 'plain' | 'linear' | 'backtracking'
}

/** The most characters that a plain pattern reads for each character of a text. */
const MOST_FIXED = 64

/**
 * A matcher with the meaning of `new RegExp(source, 'u')`. Throws a SyntaxError for an invalid pattern. JSON Schema
 * uses ECMAScript's patterns; the authors of an MCP server's patterns are unknown to us.
 */
export function matcherOf(source: string): Matcher {
  const own = new RegExp(source, 'u')
  const pattern = parsePattern(source)
  if (pattern && isPlain(pattern)) return { test: (text) => own.test(text), cost: 'plain' }
  const linear = pattern && compiled(pattern)
  if (linear) return { test: (text) => linear.test(text), cost: 'linear' }
  return { test: (text) => own.test(text), cost: 'backtracking' }
}

/** Null for a pattern that is too large for the engine: it repeats a part at most 1,000 times. */
function compiled(pattern: Pattern): RE2JS | null {
  try {
    return RE2JS.compile(toRe2(pattern))
  } catch {
    return null
  }
}

/** Written only with code points, so that every character means the same as in ECMAScript. */
function toRe2(pattern: Pattern): string {
  switch (pattern.kind) {
    case 'set':
      return bracketed(pattern.set)
    case 'edge':
      return { '^': '\\A', $: '\\z', b: '\\b', B: '\\B' }[pattern.edge]
    case 'sequence':
      return `(?:${pattern.items.map(toRe2).join('')})`
    case 'either':
      return `(?:${pattern.options.map(toRe2).join('|')})`
    case 'repeat': {
      const { item, least, most } = pattern
      return `(?:${toRe2(item)})${least === most ? `{${least}}` : `{${least},${most ?? ''}}`}`
    }
  }
}

const hex = (code: number) => `\\x{${code.toString(16)}}`

function bracketed(set: Ranges): string {
  if (set.length === 0) return `[^${hex(0)}-${hex(0x10ffff)}]`
  return `[${set.map(([first, last]) => `${hex(first)}-${hex(last)}`).join('')}]`
}

/** Whether backtracking is limited for every text. Each top-level alternative is judged alone. */
function isPlain(pattern: Pattern): boolean {
  const options = pattern.kind === 'either' ? pattern.options : [pattern]
  const items = options.map((option) => (option.kind === 'sequence' ? option.items : [option]))
  return options.length <= MOST_FIXED && items.every(isPlainSequence)
}

/**
 * Single characters, and repeats of them. With a fixed start, the last repeat may be followed by anything; every other
 * repeat must be followed by characters that it cannot match. Without a fixed start nothing may repeat, because the
 * match starts again at each position of the text.
 */
function isPlainSequence(items: Pattern[]): boolean {
  if (!items.every(isCharacters)) return false
  const varying = items.flatMap((item, at) =>
    item.kind === 'repeat' && item.least !== item.most ? [at] : [],
  )
  const fixed = items.reduce((sum, item) => sum + (item.kind === 'repeat' ? item.least : 1), 0)
  if (fixed > MOST_FIXED && varying.length > 0) return false
  const first = items[0]
  if (first?.kind !== 'edge' || first.edge !== '^') return varying.length === 0 && fixed <= MOST_FIXED
  // Variable parts after it would be matched again for each of its possible ends.
  return varying.slice(0, -1).every((at) => endsByItself(items[at], items[at + 1]))
}

const isCharacters = (item: Pattern) =>
  item.kind === 'set' || item.kind === 'edge' || (item.kind === 'repeat' && item.item.kind === 'set')

function endsByItself(item: Pattern | undefined, next: Pattern | undefined): boolean {
  if (next?.kind === 'edge' && next.edge === '$') return true
  const [own, follows] = [charactersOf(item), charactersOf(next)]
  const isCertain = next?.kind === 'set' || (next?.kind === 'repeat' && next.least > 0)
  return own !== null && follows !== null && isCertain && areDisjoint(own, follows)
}

function charactersOf(item: Pattern | undefined): Ranges | null {
  const one = item?.kind === 'repeat' ? item.item : item
  return one?.kind === 'set' ? one.set : null
}
