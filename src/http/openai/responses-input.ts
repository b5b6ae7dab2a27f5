import { wholeArguments } from '../../domain/models/tool-calls'
import type { ProblemDetail } from '../../platform/kernel/problem'

type Json = Record<string, unknown>

export const isObject = (value: unknown): value is Json =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

/** Gathers what is wrong with a request; each fault names its field. */
export type Faults = ProblemDetail[]

/** The `input` of a Responses request as the messages of a chat. Faults are added to `faults`. */
export function toMessages(input: unknown, faults: Faults): Json[] {
  if (typeof input === 'string') return [{ role: 'user', content: input }]
  if (!Array.isArray(input) || input.length === 0) {
    faults.push({ field: 'input', message: 'must be a text, or a list of items' })
    return []
  }
  const messages: Json[] = []
  input.forEach((item, at) => {
    addItem(messages, item, `input[${at}]`, faults)
  })
  return messages
}

/** A reference needs what it refers to. The AI SDK sends some in place of texts that were said before. */
export const notStored = (field: string) => ({
  field,
  message:
    'the hub stores no conversations: send the item itself. Clients do with store: false (AI SDK: providerOptions.openai.store)',
})

function addItem(messages: Json[], item: unknown, field: string, faults: Faults): void {
  if (!isObject(item)) {
    faults.push({ field, message: 'must be an object' })
    return
  }
  switch (item.type ?? 'message') {
    case 'message':
      addMessage(messages, item, field, faults)
      break
    case 'function_call':
      addCall(messages, item, field, faults)
      break
    case 'function_call_output': {
      if (typeof item.call_id !== 'string' || item.call_id === '')
        faults.push({ field: `${field}.call_id`, message: 'is required: the call_id of the call before it' })
      const content = textOf(item.output, `${field}.output`, faults)
      messages.push({ role: 'tool', tool_call_id: item.call_id, content })
      break
    }
    case 'reasoning':
      // A chat has no place for it, and what is encrypted belongs to another server.
      break
    case 'item_reference':
      // Of what the hub answered, reasoning is known by its id: it is left out, as the item itself would be.
      if (!String(item.id).startsWith('rs_')) faults.push(notStored(field))
      break
    default:
      faults.push({ field: `${field}.type`, message: `${String(item.type)} is not supported` })
  }
}

function addMessage(messages: Json[], item: Json, field: string, faults: Faults): void {
  const { role, content } = item
  if (role !== 'user' && role !== 'assistant' && role !== 'system' && role !== 'developer') {
    faults.push({ field: `${field}.role`, message: 'must be user, assistant, system or developer' })
  } else if (role === 'user' && Array.isArray(content)) {
    const parts = content.map((part, at) => toPart(part, `${field}.content[${at}]`, faults))
    messages.push({ role, content: parts })
  } else {
    messages.push({ role, content: textOf(content, `${field}.content`, faults) })
  }
}

/** Calls that follow one another, or what was said before them, are one message. */
function addCall(messages: Json[], item: Json, field: string, faults: Faults): void {
  if (typeof item.call_id !== 'string' || typeof item.name !== 'string' || item.name === '') {
    faults.push({ field, message: 'needs a call_id and a name' })
    return
  }
  const call = {
    id: item.call_id,
    type: 'function',
    function: { name: item.name, arguments: wholeArguments(item.arguments) },
  }
  const last = messages.at(-1)
  if (last?.role === 'assistant') {
    last.tool_calls = [...(Array.isArray(last.tool_calls) ? last.tool_calls : []), call]
  } else messages.push({ role: 'assistant', content: null, tool_calls: [call] })
}

function toPart(part: unknown, field: string, faults: Faults): Json {
  if (isObject(part)) {
    const { type, text, image_url, detail, filename, file_data, input_audio } = part
    if (isText(part)) return { type: 'text', text }
    if (type === 'input_image' && typeof image_url === 'string') {
      return { type: 'image_url', image_url: { url: image_url, ...(detail ? { detail } : {}) } }
    }
    if (type === 'input_file' && typeof file_data === 'string') {
      return { type: 'file', file: { file_data, ...(filename ? { filename } : {}) } }
    }
    if (type === 'input_audio' && isObject(input_audio)) return { type, input_audio }
    if (part.file_id !== undefined || part.file_url !== undefined) {
      faults.push({ field, message: 'files are not stored here: send file_data or image_url' })
      return {}
    }
  }
  faults.push({ field, message: 'must be input_text, input_image, input_file or input_audio' })
  return {}
}

const isText = (part: Json) =>
  (part.type === 'input_text' || part.type === 'output_text' || part.type === 'text') &&
  typeof part.text === 'string'

function textOf(content: unknown, field: string, faults: Faults): string {
  if (typeof content === 'string') return content
  if (!Array.isArray(content)) {
    faults.push({ field, message: 'must be a text, or a list of parts' })
    return ''
  }
  return content
    .map((part, at) => {
      if (isObject(part) && isText(part)) return String(part.text)
      if (isObject(part) && part.type === 'refusal') return String(part.refusal)
      faults.push({ field: `${field}[${at}]`, message: 'only text is supported here' })
      return ''
    })
    .join('')
}
