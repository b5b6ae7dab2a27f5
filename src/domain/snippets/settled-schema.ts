export type Schema = Record<string, unknown>

const MOST_STEPS = 20

/** A schema's whole document, and how many more schemas may be read for an example: a few can expand to millions. */
export type Reading = { root: unknown; left: number }

/**
 * A schema with its references within the document resolved, its `allOf` merged and its first choice taken; null if it
 * is not a schema, or if the limit of schemas was reached.
 */
export function settled(schema: unknown, reading: Reading, steps = 0): Schema | null {
  if (schema === true) return {}
  reading.left -= 1
  if (!isObject(schema) || steps > MOST_STEPS || reading.left < 0) return null
  const { $ref, allOf, anyOf, oneOf, ...own } = schema
  const parts = [
    ...(typeof $ref === 'string' ? [pointedAt($ref, reading.root)] : []),
    ...(Array.isArray(allOf) ? allOf : []),
    ...[anyOf, oneOf].filter(Array.isArray).map(choiceOf),
  ]
  return parts
    .map((part) => settled(part, reading, steps + 1))
    .filter((part) => part !== null)
    .reduce(joined, own)
}

/** The first choice that is not just null. */
function choiceOf(choices: unknown[]): unknown {
  return choices.find((choice) => !(isObject(choice) && choice.type === 'null')) ?? choices[0]
}

/** What is at `#/$defs/name` of the document. */
function pointedAt(reference: string, root: unknown): unknown {
  if (!reference.startsWith('#')) return null
  const path = reference.slice(1).split('/').slice(1).map(unescaped)
  return path.reduce<unknown>(
    (at, name) => (isObject(at) || Array.isArray(at) ? at[name as never] : null),
    root,
  )
}

function unescaped(part: string): string {
  return decoded(part).replaceAll('~1', '/').replaceAll('~0', '~')
}

function decoded(part: string): string {
  try {
    return decodeURIComponent(part)
  } catch {
    return part
  }
}

/** Both schemas merged: the fields of both, and all their required fields. */
function joined(one: Schema, other: Schema): Schema {
  const properties = { ...asObject(one.properties), ...asObject(other.properties) }
  const required = [...new Set([...asList(one.required), ...asList(other.required)])]
  return {
    ...other,
    ...one,
    ...(Object.keys(properties).length > 0 ? { properties } : {}),
    ...(required.length > 0 ? { required } : {}),
  }
}

const asObject = (value: unknown): Schema => (isObject(value) ? value : {})
const asList = (value: unknown): unknown[] => (Array.isArray(value) ? value : [])

const isObject = (value: unknown): value is Schema =>
  typeof value === 'object' && value !== null && !Array.isArray(value)
