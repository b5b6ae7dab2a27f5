import { RE2JS } from 're2js'
import { areDisjoint, type Ranges } from './ranges'
import { type Pattern, parsePattern } from './syntax'

/** What matches a pattern: at all, and at which price. */
export type Matcher = {
  test: (text: string) => boolean
  /**
   * - `plain`: Node's own engine goes through the text once, or once for each of a few characters;
   * - `linear`: an engine without backtracking, some times slower in the usual case;
   * - `backtracking`: the pattern looks around or back, which only Node's own engine can, in whatever time it takes.
   */
  cost: 'plain' | 'linear' | 'backtracking'
}

/** A plain pattern looks at no more characters than that for each one of a text. */
const MOST_FIXED = 64

/**
 * A matcher with the meaning of `new RegExp(source, 'u')`. Throws a SyntaxError for what is no pattern. JSON Schema's
 * patterns are ECMAScript's; those of an MCP server are written by somebody whom nobody here knows.
 */
export function matcherOf(source: string): Matcher {
  const own = new RegExp(source, 'u')
  const pattern = parsePattern(source)
  if (pattern && isPlain(pattern)) return { test: (text) => own.test(text), cost: 'plain' }
  const linear = pattern && compiled(pattern)
  if (linear) return { test: (text) => linear.test(text), cost: 'linear' }
  return { test: (text) => own.test(text), cost: 'backtracking' }
}

/** Null for what is too large for the engine: it takes a part 1,000 times at most. */
function compiled(pattern: Pattern): RE2JS | null {
  try {
    return RE2JS.compile(toRe2(pattern))
  } catch {
    return null
  }
}

/** Spelled by code points alone, so that no sign can mean something else than it does in ECMAScript. */
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

/** Whether backtracking is bounded whatever the text: by each alternative at the top for itself. */
function isPlain(pattern: Pattern): boolean {
  const options = pattern.kind === 'either' ? pattern.options : [pattern]
  const items = options.map((option) => (option.kind === 'sequence' ? option.items : [option]))
  return options.length <= MOST_FIXED && items.every(isPlainSequence)
}

/**
 * Single characters, and repeats of them. From a fixed start there may be one repeat that what follows it could have
 * taken as well; every other one ends where its characters do. Without a fixed start nothing may repeat: each place of the
 * text begins anew.
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
  // What varies after it would be gone through again for each of its ends.
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
