import type { JSONSchema7, LanguageModelV3CallOptions, LanguageModelV3FunctionTool } from '@ai-sdk/provider'
import type { ModelAsk } from './adapter'
import { Untranslatable } from './translate-error'
import { isObject, type JsonObject, listOf, numberIn } from './translate-json'
import { refuseWhatIsLost } from './translate-limits'
import { toPrompt } from './translate-prompt'

type CallOptions = LanguageModelV3CallOptions

/** A chat as OpenAI's clients ask it, as the AI SDK's call. Throws `Untranslatable` for what has no counterpart. */
export function toCall({ api, body, maxOutputTokens }: ModelAsk): CallOptions {
  if (api !== 'chat') throw new Untranslatable(`This model answers chats, not ${api}`)
  if (body.n != null && body.n !== 1) throw new Untranslatable('n: this model gives one answer a call')
  refuseWhatIsLost(body)
  const tools = toTools(body.tools)
  return {
    prompt: toPrompt(body.messages),
    ...given('maxOutputTokens', maxOutputTokens ?? undefined),
    ...given('temperature', numberIn(body, 'temperature')),
    ...given('topP', numberIn(body, 'top_p')),
    ...given('seed', numberIn(body, 'seed')),
    ...given('presencePenalty', numberIn(body, 'presence_penalty')),
    ...given('frequencyPenalty', numberIn(body, 'frequency_penalty')),
    ...given('stopSequences', toStops(body.stop)),
    ...given('responseFormat', toResponseFormat(body.response_format)),
    ...(tools.length > 0 ? { tools, ...given('toolChoice', toToolChoice(body.tool_choice)) } : {}),
  }
}

/** Left out altogether where it is not given. */
function given<Name extends keyof CallOptions>(name: Name, value: CallOptions[Name] | undefined) {
  return value === undefined ? {} : { [name]: value }
}

function toStops(stop: unknown): string[] | undefined {
  if (stop == null) return undefined
  const stops: unknown[] = Array.isArray(stop) ? stop : [stop]
  return stops.map((text) => {
    if (typeof text === 'string') return text
    throw new Untranslatable('stop: must be a text, or a list of texts')
  })
}

function toTools(tools: unknown): LanguageModelV3FunctionTool[] {
  if (tools == null) return []
  return listOf(tools, 'tools').map((tool, at) => {
    const definition = isObject(tool) && tool.type === 'function' ? tool.function : null
    if (!isObject(definition) || typeof definition.name !== 'string') {
      throw new Untranslatable(`tools[${at}]: only tools of type function are supported by this model`)
    }
    return {
      type: 'function',
      name: definition.name,
      inputSchema: schemaOf(definition.parameters) ?? { type: 'object', properties: {} },
      ...(typeof definition.description === 'string' ? { description: definition.description } : {}),
      ...(typeof definition.strict === 'boolean' ? { strict: definition.strict } : {}),
    }
  })
}

function toToolChoice(choice: unknown): CallOptions['toolChoice'] {
  if (choice == null) return undefined
  if (choice === 'auto' || choice === 'none' || choice === 'required') return { type: choice }
  const named = isObject(choice) && isObject(choice.function) ? choice.function.name : null
  if (typeof named !== 'string') throw new Untranslatable('tool_choice is not supported in this form')
  return { type: 'tool', toolName: named }
}

function toResponseFormat(format: unknown): CallOptions['responseFormat'] {
  if (format == null) return undefined
  if (!isObject(format)) throw new Untranslatable('response_format: must be an object with a type')
  if (format.type === 'text') return undefined
  if (format.type === 'json_object') return { type: 'json' }
  const named: JsonObject = isObject(format.json_schema) ? format.json_schema : {}
  const schema = schemaOf(named.schema)
  if (format.type !== 'json_schema' || !schema) {
    throw new Untranslatable('response_format must be text, json_object, or json_schema with a schema')
  }
  return {
    type: 'json',
    schema,
    ...(typeof named.name === 'string' ? { name: named.name } : {}),
    ...(typeof named.description === 'string' ? { description: named.description } : {}),
  }
}

/** Schemas are passed on as they are: the provider says what it cannot take. */
function schemaOf(value: unknown): JSONSchema7 | null {
  return isObject(value) ? (value as JSONSchema7) : null
}
