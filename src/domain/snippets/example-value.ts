import { exampleNumber, exampleText } from './example-leaf'
import { type Reading, type Schema, settled } from './settled-schema'

export { TEXT as EXAMPLE_TEXT } from './example-leaf'

const MOST_DEPTH = 8
const MOST_ITEMS = 50
const MOST_SCHEMAS = 1_000
/** Below this depth an object has only required fields: a schema that refers to itself in several fields grows fast. */
const MOST_OPTIONAL_DEPTH = 2

/**
 * A value that a schema accepts, as far as common keywords show it. An object gets its required fields and the known
 * ones among `names`; if no field is required, it gets all its properties.
 */
export function exampleOf(schema: unknown, root: unknown = schema, names: string[] = []): unknown {
  return exampleWithin(schema, { root, left: MOST_SCHEMAS }, names)
}

function exampleWithin(schema: unknown, reading: Reading, names: string[] = [], depth = 0): unknown {
  const found = settled(schema, reading)
  if (found === null || depth > MOST_DEPTH) return {}
  const given = [found.const, found.default, first(found.examples), first(found.enum)]
  const known = given.find((value) => value !== undefined && isOfType(value, found))
  if (known !== undefined) return known
  switch (typeOf(found)) {
    case 'string':
      return exampleText(found)
    case 'integer':
    case 'number':
      return exampleNumber(found)
    case 'boolean':
      return true
    case 'null':
      return null
    case 'array':
      return exampleList(found, reading, depth)
    default:
      return exampleObject(found, reading, names, depth)
  }
}

/** The first type that is not null; without `type`, the type that other keywords imply. */
function typeOf(schema: Schema): unknown {
  const types = Array.isArray(schema.type) ? schema.type : [schema.type]
  const type = types.find((one) => one !== 'null' && one !== undefined) ?? types[0]
  if (type !== undefined || isObject(schema.properties)) return type
  if (schema.items !== undefined || schema.prefixItems !== undefined) return 'array'
  return isObject(schema.properties) || Array.isArray(schema.required) ? 'object' : 'string'
}

/** A default may be null although the schema's type does not allow null. */
function isOfType(value: unknown, { type, enum: allowed }: Schema): boolean {
  if (Array.isArray(allowed) && !allowed.includes(value) && typeof value !== 'object') return false
  return (
    value !== null || type === undefined || type === 'null' || (Array.isArray(type) && type.includes('null'))
  )
}

function exampleList(schema: Schema, reading: Reading, depth: number): unknown[] {
  const { items, prefixItems, additionalItems, uniqueItems, minItems, maxItems } = schema
  const fixed = [prefixItems, items].find(Array.isArray) ?? []
  const rest = (Array.isArray(items) ? additionalItems : items) ?? { type: 'string' }
  const least = Math.max(1, fixed.length, Math.min(MOST_ITEMS, Number(minItems ?? 1)))
  const length = Math.min(least, Number(maxItems ?? least))
  return Array.from({ length }, (_, at) => {
    const one = fixed[at] ?? rest
    const value = exampleWithin(one, reading, [], depth + 1)
    return uniqueItems === true && at > 0 ? another(value, at, settled(one, reading)) : value
  })
}

/** A value that differs from those before it. */
function another(value: unknown, at: number, schema: Schema | null): unknown {
  if (Array.isArray(schema?.enum)) return schema.enum[at] ?? value
  if (typeof value === 'number') return value + at * Number(schema?.multipleOf ?? 1)
  return typeof value === 'string' ? `${value.slice(0, -2)}${String(at).padStart(2, '0')}` : value
}

function exampleObject(schema: Schema, reading: Reading, names: string[], depth: number): Schema {
  const named = isObject(schema.properties) ? schema.properties : {}
  const required = Array.isArray(schema.required) ? (schema.required as string[]) : []
  const known = names.filter((name) => Object.hasOwn(named, name))
  const isShort = required.length > 0 || depth > MOST_OPTIONAL_DEPTH
  const wanted = isShort ? [...new Set([...required, ...known])] : Object.keys(named)
  const other = isObject(schema.additionalProperties) ? schema.additionalProperties : { type: 'string' }
  return Object.fromEntries(
    wanted.map((name) => [
      name,
      exampleWithin(Object.hasOwn(named, name) ? named[name] : other, reading, [], depth + 1),
    ]),
  )
}

const first = (value: unknown): unknown => (Array.isArray(value) ? value[0] : undefined)

const isObject = (value: unknown): value is Schema =>
  typeof value === 'object' && value !== null && !Array.isArray(value)
