import type { Tool, ToolInput } from '../tools/tool'

type Schema = Record<string, unknown>

const MOST_DEPTH = 6
const TEXT = 'The quick brown fox jumps over the lazy dog.'
const TEXTS: Record<string, string> = {
  email: 'somebody@example.org',
  uri: 'https://example.org/',
  url: 'https://example.org/',
  uuid: '0198c5a2-6c1e-7b3a-9d2f-3f1c5e7a9b01',
  date: '2026-01-31',
  time: '12:00:00Z',
  'date-time': '2026-01-31T12:00:00Z',
}

/** An input to show a call with: the tool's own example, one made from its schema, or what its kind usually takes. */
export function exampleInput({ example, inputSchema, model }: Tool): ToolInput {
  if (example) return example
  if (inputSchema) return exampleOf({ ...inputSchema, type: 'object' }) as ToolInput
  if (model === null) return {}
  if (model.kind === 'embeddings') return { input: TEXT }
  if (model.promptTemplate === null) return { prompt: 'Say hello in one sentence.' }
  const places = [...model.promptTemplate.matchAll(/\{\{\s*([\w-]+)/g)].map((match) => match[1] as string)
  return Object.fromEntries(places.map((place) => [place, TEXT]))
}

/** A value that a schema takes, as far as it says so simply; what it does not say is left out. */
export function exampleOf(schema: unknown, depth = 0): unknown {
  if (!isObject(schema) || depth > MOST_DEPTH) return {}
  const given = [schema.const, schema.default, first(schema.examples), first(schema.enum)]
  const found = given.find((value) => value !== undefined)
  if (found !== undefined) return found
  const [choice] = [schema.anyOf, schema.oneOf].filter(Array.isArray).map(first)
  if (choice !== undefined && schema.properties === undefined) return exampleOf(choice, depth + 1)
  return ofType(schema, depth)
}

function ofType(schema: Schema, depth: number): unknown {
  const type = Array.isArray(schema.type) ? first(schema.type) : schema.type
  switch (type) {
    case 'string':
      return exampleText(schema)
    case 'integer':
    case 'number':
      return exampleNumber(schema)
    case 'boolean':
      return true
    case 'null':
      return null
    case 'array':
      return Array.from({ length: Math.max(1, Math.min(3, Number(schema.minItems ?? 1))) }, () =>
        exampleOf(schema.items ?? { type: 'string' }, depth + 1),
      )
    default:
      return exampleObject(schema, depth)
  }
}

function exampleText({ format, minLength, maxLength }: Schema): string {
  const text = TEXTS[String(format)] ?? TEXT
  const long = text.padEnd(Math.min(1_000, Number(minLength ?? 0)), ` ${TEXT}`)
  return long.slice(0, Number(maxLength ?? long.length))
}

function exampleNumber({ minimum, maximum, exclusiveMinimum, multipleOf }: Schema): number {
  if (typeof multipleOf === 'number') return multipleOf
  const least = typeof exclusiveMinimum === 'number' ? exclusiveMinimum + 1 : Number(minimum ?? 1)
  return Math.min(least, Number(maximum ?? least))
}

/** What is required; of an object that requires nothing, all that it names. */
function exampleObject({ properties, required }: Schema, depth: number): Schema {
  const named = isObject(properties) ? properties : {}
  const wanted = Array.isArray(required) && required.length > 0 ? (required as string[]) : Object.keys(named)
  return Object.fromEntries(
    wanted.map((name) => [name, exampleOf(named[name] ?? { type: 'string' }, depth + 1)]),
  )
}

const first = (value: unknown): unknown => (Array.isArray(value) ? value[0] : undefined)

const isObject = (value: unknown): value is Schema =>
  typeof value === 'object' && value !== null && !Array.isArray(value)
