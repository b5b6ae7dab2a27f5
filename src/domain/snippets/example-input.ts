import type { Model, Tool, ToolInput } from '../tools/tool'
import { EXAMPLE_TEXT, exampleOf } from './example-value'

const PLACE = /\{\{\s*([\w.-]+)\s*\}\}/g
const PROMPT = 'Say hello in one sentence.'

/** The example input of a call: the tool's own example, one made from its schema, or the usual input of its kind. */
export function exampleInput({ example, inputSchema, model }: Tool): ToolInput {
  if (example) return example
  if (inputSchema) return ofSchema(inputSchema, model)
  if (model === null) return {}
  if (model.kind === 'embeddings') return { input: EXAMPLE_TEXT }
  if (model.promptTemplate === null) return { prompt: PROMPT }
  return placesOf(model.promptTemplate).reduce<ToolInput>((input, path) => withText(input, path), {})
}

/** The fields that the schema requires, and the fields that the model's template or conversation uses. */
function ofSchema(inputSchema: ToolInput, model: Model | null): ToolInput {
  const input = exampleOf({ ...inputSchema, type: 'object' }, inputSchema, namesFor(model)) as ToolInput
  const isAsked = input.prompt !== undefined || input.messages !== undefined
  if (model?.kind !== 'chat' || model.promptTemplate !== null || isAsked) return input
  return { ...input, prompt: PROMPT }
}

function namesFor(model: Model | null): string[] {
  if (model === null) return []
  if (model.kind === 'embeddings') return ['input']
  if (model.promptTemplate === null) return ['prompt']
  return placesOf(model.promptTemplate).map((path) => path.split('.')[0] as string)
}

const placesOf = (template: string) => [...template.matchAll(PLACE)].map((match) => match[1] as string)

/** The input, with a text set at a dotted path. */
function withText(input: ToolInput, path: string): ToolInput {
  const [name = '', ...rest] = path.split('.')
  if (rest.length === 0) return { [name]: EXAMPLE_TEXT, ...input }
  const inner = input[name]
  const within = typeof inner === 'object' && inner !== null ? (inner as ToolInput) : {}
  return { ...input, [name]: withText(within, rest.join('.')) }
}
