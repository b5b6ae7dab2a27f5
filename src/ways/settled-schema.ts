export type Schema = Record<string, unknown>

const MOST_STEPS = 20

/**
 * A schema with its references of the same document followed, its `allOf` joined and the first of its choices taken;
 * null for what is no schema.
 */
export function settled(schema: unknown, root: unknown, steps = 0): Schema | null {
  if (schema === true) return {}
  if (!isObject(schema) || steps > MOST_STEPS) return null
  const { $ref, allOf, anyOf, oneOf, ...own } = schema
  const parts = [
    ...(typeof $ref === 'string' ? [pointedAt($ref, root)] : []),
    ...(Array.isArray(allOf) ? allOf : []),
    ...[anyOf, oneOf].filter(Array.isArray).map(choiceOf),
  ]
  return parts
    .map((part) => settled(part, root, steps + 1))
    .filter((part) => part !== null)
    .reduce(joined, own)
}

/** The first choice that is more than null. */
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
  return decodeURIComponent(part).replaceAll('~1', '/').replaceAll('~0', '~')
}

/** Both together: fields of both, and what either requires. */
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
