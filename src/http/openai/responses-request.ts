import { bodyFaults } from '../../domain/models/body-faults'
import { withCallIds } from '../../domain/models/call-history'
import { pricedFieldFaults } from '../../domain/models/priced-faults'
import type { OpenOption } from '../../domain/tools/priced-options'
import { madeOf } from '../../platform/kernel/exact-json'
import { type Faults, isObject, notStored, toMessages } from './responses-input'

type Json = Record<string, unknown>

/** Settings that have the same name and meaning in both APIs. */
const SAME = [
  'temperature',
  'top_p',
  'parallel_tool_calls',
  'metadata',
  'user',
  'service_tier',
  'seed',
] as const

/**
 * A request to /v1/responses (without `model` and `stream`) as the body of a chat, or all its faults. `store` is
 * ignored: nothing is stored, and the response says so.
 */
export function toChatBody(body: Json, open: readonly OpenOption[]): { body: Json } | { faults: Faults } {
  const faults = [
    ...bodyFaults(body),
    ...pricedFieldFaults(body, open),
    ...storageFaults(body),
    ...logprobsFaults(body),
  ]
  const instructions = toInstructions(body.instructions, faults)
  const messages = [...instructions, ...toMessages(withCallIds(body.input), faults)]
  const tools = toTools(body.tools, faults)
  const toolChoice = toToolChoice(body.tool_choice, faults)
  const format = toResponseFormat(body.text, faults)
  if (faults.length > 0) return { faults }
  const effort = isObject(body.reasoning) ? body.reasoning.effort : undefined
  const verbosity = isObject(body.text) ? body.text.verbosity : undefined
  return {
    body: madeOf(body, {
      messages,
      ...Object.fromEntries(SAME.flatMap((name) => (body[name] == null ? [] : [[name, body[name]]]))),
      ...(body.max_output_tokens == null ? {} : { max_tokens: body.max_output_tokens }),
      ...(tools.length > 0
        ? { tools, ...(toolChoice === undefined ? {} : { tool_choice: toolChoice }) }
        : {}),
      ...(format ? { response_format: format } : {}),
      ...(typeof effort === 'string' ? { reasoning_effort: effort } : {}),
      ...(typeof verbosity === 'string' ? { verbosity } : {}),
    }),
  }
}

/** Faults for fields that would need storage, in addition to references to stored data (`storedFaults`). */
export function storageFaults(body: Json): Faults {
  const faults: Faults = []
  if (body.prompt != null)
    faults.push({ field: 'prompt', message: 'the hub stores no prompts: send instructions and input' })
  if (body.background === true)
    faults.push({ field: 'background', message: 'answers are given at once, never in the background' })
  return faults
}

/**
 * References to data stored at a provider that receives the request unchanged. All callers share its key, and could refer
 * to the stored data of others.
 */
export function referenceFaults({ input }: Json): Faults {
  if (!Array.isArray(input)) return []
  return input.flatMap((item, at) => (isObject(item) && isReference(item) ? [notStored(`input[${at}]`)] : []))
}

/** Items that OpenAI completes by their id if their content is missing. */
const COMPLETED_BY_ID: Record<string, string> = {
  reasoning: 'encrypted_content',
  image_generation_call: 'result',
}

/** As in OpenAI's API, an item with an id and without a type and a role is also a reference. */
function isReference(item: Json): boolean {
  const { type, role, id } = item
  if (type === 'item_reference' || (type == null && role == null && id != null)) return true
  const content = COMPLETED_BY_ID[String(type)]
  return content !== undefined && id != null && item[content] == null
}

/** A translated chat returns no log probabilities, so a request for them is refused: its caller would miss them. */
function logprobsFaults({ top_logprobs: most, include }: Json): Faults {
  const message = 'this model answers without log probabilities'
  const isIncluded = Array.isArray(include) && include.includes('message.output_text.logprobs')
  return [
    ...(most == null || most === 0 ? [] : [{ field: 'top_logprobs', message }]),
    ...(isIncluded ? [{ field: 'include', message }] : []),
  ]
}

function toInstructions(instructions: unknown, faults: Faults): Json[] {
  if (instructions == null || instructions === '') return []
  if (typeof instructions === 'string') return [{ role: 'system', content: instructions }]
  faults.push({ field: 'instructions', message: 'must be a text' })
  return []
}

function toTools(tools: unknown, faults: Faults): Json[] {
  if (tools == null) return []
  if (!Array.isArray(tools)) {
    faults.push({ field: 'tools', message: 'must be a list' })
    return []
  }
  return tools.map((tool, at) => {
    if (isObject(tool) && tool.type === 'function' && typeof tool.name === 'string') {
      const { name, description, parameters, strict } = tool
      const given = Object.entries({ name, description, parameters, strict }).filter(
        ([, value]) => value != null,
      )
      return { type: 'function', function: Object.fromEntries(given) }
    }
    const type = isObject(tool) ? String(tool.type) : String(tool)
    faults.push({
      field: `tools[${at}]`,
      message: `only functions with a name are supported, not the built-in tool ${type.slice(0, 60)}`,
    })
    return {}
  })
}

function toToolChoice(choice: unknown, faults: Faults): unknown {
  if (choice == null) return undefined
  if (choice === 'auto' || choice === 'none' || choice === 'required') return choice
  if (isObject(choice) && choice.type === 'function' && typeof choice.name === 'string') {
    return { type: 'function', function: { name: choice.name } }
  }
  faults.push({ field: 'tool_choice', message: 'must be auto, none, required or a function by its name' })
  return undefined
}

function toResponseFormat(text: unknown, faults: Faults): Json | null {
  const format = isObject(text) ? text.format : null
  if (!isObject(format) || format.type === 'text') return null
  if (format.type === 'json_object') return { type: 'json_object' }
  if (format.type === 'json_schema' && isObject(format.schema)) {
    const { type: _type, ...schema } = format
    return { type: 'json_schema', json_schema: schema }
  }
  faults.push({ field: 'text.format', message: 'must be text, json_object, or json_schema with a schema' })
  return null
}
