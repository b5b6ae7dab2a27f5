import fc from 'fast-check'
import { words } from './answer'

/** A JSON value as cases hold it: an integer that no double holds stands as its digits. */
export type Value = null | boolean | number | string | Value[] | { [name: string]: Value }
export type ObjectValue = { [name: string]: Value }
export type LongInteger = { $int: string }

/** JSON from outside may be nested this deep, by the hub's documents. */
export const MOST_DEPTH = 64

/** A secret header of every tool. Endpoints and servers say it back, and nobody may read it. */
export const SECRET = 'a/secret"of\\the&tool'

const names = fc.oneof(
  fc.constantFrom(
    'a',
    'b',
    'text',
    'content',
    'id',
    'total',
    '0',
    'length',
    'constructor',
    '',
    'ключ',
    SECRET,
  ),
  fc.string({ unit: 'binary', maxLength: 6 }),
)

export const longIntegers: fc.Arbitrary<LongInteger> = fc
  .bigInt({ min: 2n ** 53n, max: 10n ** 30n })
  .chain((size) => fc.constantFrom(`${size}`, `-${size}`))
  .map(($int) => ({ $int }))

/** Texts that look like something else where they stand in JSON, or that only an escape can spell. */
const strings = fc.oneof(
  { weight: 3, arbitrary: words },
  fc.constantFrom(
    ': 12345678901234567890,',
    '\\": [1234567890123456789,',
    '\ud800',
    '\u0000',
    '\ufeff',
    '</x>',
    SECRET,
    `${SECRET}, and more.`,
  ),
)

/** No integers that would stand as their digits, and no zero below zero: JSON knows one. */
const doubles = fc
  .double({ noNaN: true, noDefaultInfinity: true })
  .map((number) => (Number.isInteger(number) ? 0.25 : number))

const leaves: fc.Arbitrary<Value> = fc.oneof(
  { weight: 3, arbitrary: strings },
  fc.integer(),
  fc.maxSafeInteger(),
  { weight: 2, arbitrary: longIntegers },
  doubles,
  fc.boolean(),
  fc.constant(null),
)

const trees = fc.letrec<{ value: Value; object: ObjectValue }>((tie) => ({
  value: fc.oneof(
    { maxDepth: 3, withCrossShrink: true },
    { weight: 3, arbitrary: leaves },
    fc.array(tie('value'), { maxLength: 3 }),
    tie('object'),
  ),
  object: fc
    .array(fc.tuple(names, tie('value')), { maxLength: 4 })
    .map((fields) => Object.fromEntries(fields)),
}))

export const values = trees.value

/** Objects, some of them as deep as they may be. */
export const objects: fc.Arbitrary<ObjectValue> = fc
  .tuple(
    fc.oneof({ weight: 9, arbitrary: trees.object }, trees.value.map(inPrototype)),
    fc.oneof({ weight: 9, arbitrary: fc.constant(0) }, fc.nat(MOST_DEPTH)),
    fc.boolean(),
  )
  .map(([object, levels, inLists]) => deeper(object, levels, inLists))

/** JSON knows no prototypes: a field may have that name. Not at the top, where the library of MCP leaves it out. */
function inPrototype(value: Value): ObjectValue {
  return { a: Object.fromEntries([['__proto__', value]]) }
}

function deeper(object: ObjectValue, levels: number, inLists: boolean): ObjectValue {
  let nest: Value = 'deep'
  for (let depth = 1; depth < levels; depth += 1) nest = inLists ? [nest] : { nest }
  return levels > 0 ? { ...object, nest } : object
}

/** How many objects and lists stand within one another. */
export function depthOf(value: Value): number {
  if (typeof value !== 'object' || value === null || isLong(value)) return 0
  return 1 + Math.max(0, ...Object.values(value).map(depthOf))
}

export function isLong(value: Value): value is LongInteger {
  return typeof value === 'object' && value !== null && Object.hasOwn(value, '$int')
}

export function isObject(value: Value): value is ObjectValue {
  return typeof value === 'object' && value !== null && !Array.isArray(value) && !isLong(value)
}
