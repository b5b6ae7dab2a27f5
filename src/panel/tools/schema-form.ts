type Json = Record<string, unknown>

/** One field of a form made from a schema. A value that is not a text, number, boolean or choice is typed as JSON. */
export type SchemaField = {
  name: string
  kind: 'text' | 'number' | 'boolean' | 'choice' | 'json'
  isRequired: boolean
  description: string | null
  /** The values of a choice, as JSON. */
  choices: string[]
}

/** The form's values: `true` or `false` for a checkbox, texts for all other fields. */
export type FormValues = Record<string, string | boolean>

/** The fields for a schema's properties, required ones first; empty if it names no property. */
export function fieldsOf(schema: Json | null): SchemaField[] {
  const properties = isObject(schema?.properties) ? schema.properties : {}
  const required = Array.isArray(schema?.required) ? schema.required : []
  const fields = Object.entries(properties).map(([name, property]) =>
    toField(name, isObject(property) ? property : {}, required.includes(name)),
  )
  return [...fields.filter(({ isRequired }) => isRequired), ...fields.filter(({ isRequired }) => !isRequired)]
}

/** The form's initial values: from the example, else empty. */
export function valuesOf(fields: SchemaField[], example: Json): FormValues {
  return Object.fromEntries(
    fields.map(({ name, kind }) => {
      const value = example[name]
      if (kind === 'boolean') return [name, value === true]
      if (value === undefined) return [name, '']
      return [name, kind === 'text' ? String(value) : kind === 'json' ? pretty(value) : JSON.stringify(value)]
    }),
  )
}

/** The input that the form describes, or the field whose text does not parse as its type. */
export function inputOf(
  fields: SchemaField[],
  values: FormValues,
): { input: Json } | { field: string; fault: string } {
  const input: Json = {}
  for (const { name, kind, isRequired } of fields) {
    const value = values[name] ?? ''
    if (kind === 'boolean') {
      if (value === true || isRequired) input[name] = value === true
      continue
    }
    const text = String(value)
    if (text.trim() === '' && !(isRequired && kind === 'text')) continue
    if (kind === 'text') input[name] = text
    else {
      const parsed = parse(text)
      if (parsed === undefined || (kind === 'number' && typeof parsed !== 'number'))
        return { field: name, fault: kind === 'number' ? 'A number is needed' : 'This is no valid JSON' }
      input[name] = parsed
    }
  }
  return { input }
}

function toField(name: string, property: Json, isRequired: boolean): SchemaField {
  const choices = Array.isArray(property.enum) ? property.enum.map((value) => JSON.stringify(value)) : []
  const description = typeof property.description === 'string' ? property.description : null
  return { name, kind: kindOf(property), isRequired, description, choices }
}

function kindOf({ type, enum: choices }: Json): SchemaField['kind'] {
  if (Array.isArray(choices)) return 'choice'
  if (type === 'string') return 'text'
  if (type === 'number' || type === 'integer') return 'number'
  return type === 'boolean' ? 'boolean' : 'json'
}

export const pretty = (value: unknown): string => JSON.stringify(value, null, 2)

function parse(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}

const isObject = (value: unknown): value is Json =>
  typeof value === 'object' && value !== null && !Array.isArray(value)
