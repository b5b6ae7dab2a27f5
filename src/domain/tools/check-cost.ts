import type { Matcher } from './patterns/linear'

/**
 * The maximum cost of checking any input against a schema:
 *
 * - `plain`: cheap, so it is done for everybody;
 * - `careful`: some time for a large input, so it needs an authenticated caller, and for a large input a separate thread;
 * - `apart`: no known limit, so it needs an authenticated caller and a separate thread.
 */
export type CostOfCheck = 'plain' | 'careful' | 'apart'

/** The cost, and the maximum number of schema parts that are checked for each part of an input. */
export type Cost = { kind: CostOfCheck; parts: number }

type Schema = Record<string, unknown>

const IN_PLACE = new Set(['allOf', 'anyOf', 'dependentSchemas', 'else', 'if', 'not', 'oneOf', 'then'])
const CAREFUL = new Set([
  'contains',
  'patternProperties',
  'propertyNames',
  'unevaluatedItems',
  'unevaluatedProperties',
  'uniqueItems',
])
/** References whose target depends on the path that led to them. */
const DYNAMIC = new Set(['$dynamicRef', '$recursiveRef'])
/** Choices with so many parts in total are cheap to check, also for each of many items. */
const MOST_CHOICES = 200
/** The most parts, with each reference replaced by its target, that are cheap enough to check for each item. */
const MOST_PARTS = 20_000

/** The costs of patterns, by their source. They include the schema's own patterns. */
export type PatternCosts = ReadonlyMap<string, Matcher['cost']>

/** The cost of a schema with these patterns. Computed once, when the schema is compiled. */
export function costOfCheck(schema: Schema, patterns: PatternCosts): Cost {
  const seen = { careful: false, apart: false, choices: false, patterns }
  look(schema, 0, seen)
  const parts = partsOf(schema, schema, new Map())
  if (seen.apart || parts > MOST_PARTS) return { kind: 'apart', parts }
  const isCareful = seen.careful || (seen.choices && parts > MOST_CHOICES)
  return { kind: isCareful ? 'careful' : 'plain', parts }
}

type Seen = { careful: boolean; apart: boolean; choices: boolean; patterns: PatternCosts }

function notePatterns(key: string, value: unknown, seen: Seen): void {
  const names =
    key === 'patternProperties' && typeof value === 'object' && value !== null ? Object.keys(value) : []
  for (const source of key === 'pattern' && typeof value === 'string' ? [value] : names) {
    const cost = seen.patterns.get(source)
    if (cost === 'backtracking') seen.apart = true
    if (cost === 'linear') seen.careful = true
  }
}

/** `inPlace` counts the enclosing keywords that check the same value against several schemas. */
function look(node: unknown, inPlace: number, seen: Seen): void {
  if (typeof node !== 'object' || node === null) return
  for (const [key, value] of Object.entries(node)) {
    notePatterns(key, value, seen)
    if (DYNAMIC.has(key)) seen.apart = true
    // The only format whose pattern needs quadratic time.
    if (key === 'format' && value === 'url') seen.apart = true
    if (CAREFUL.has(key) || (key === 'format' && value === 'regex')) seen.careful = true
    if (key === '$ref' && inPlace > 0) seen.careful = true
    const within = IN_PLACE.has(key) ? inPlace + 1 : inPlace
    if (within > 0) seen.choices = true
    if (within > 1) seen.careful = true
    look(value, within, seen)
  }
}

/**
 * The number of parts of a schema with each reference replaced by its target. A check visits each of them at most once for
 * each part of an input. Infinite if a reference is circular or is not a JSON Pointer.
 */
function partsOf(node: unknown, root: Schema, known: Map<object, number>): number {
  if (typeof node !== 'object' || node === null) return 0
  const found = known.get(node)
  if (found !== undefined) return found
  known.set(node, Number.POSITIVE_INFINITY)
  let parts = 1
  for (const [key, value] of Object.entries(node)) {
    const isReference = key === '$ref' && typeof value === 'string'
    parts += isReference ? partsOfTarget(value, root, known) : partsOf(value, root, known)
  }
  known.set(node, parts)
  return parts
}

function partsOfTarget(reference: string, root: Schema, known: Map<object, number>): number {
  const target = targetOf(reference, root)
  return target === null ? Number.POSITIVE_INFINITY : partsOf(target, root, known)
}

function targetOf(reference: string, root: Schema): object | null {
  if (!/^#(\/|$)/.test(reference)) return null
  let at: unknown = root
  for (const part of reference.split('/').slice(1)) {
    const name = decoded(part)
    if (typeof at !== 'object' || at === null || !Object.hasOwn(at, name)) return null
    at = (at as Schema)[name]
  }
  return typeof at === 'object' ? at : {}
}

function decoded(part: string): string {
  try {
    return decodeURIComponent(part).replaceAll('~1', '/').replaceAll('~0', '~')
  } catch {
    return part
  }
}
