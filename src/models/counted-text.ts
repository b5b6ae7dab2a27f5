/** What of a body becomes input of the model. The rest says how, and costs nothing. */
const COUNTED = [
  'messages',
  'input',
  'instructions',
  'tools',
  'functions',
  'response_format',
  'text',
] as const

/** About what providers take for an image of usual size. */
const IMAGE = 'image '.repeat(1_000)
const DATA_URL = /"data:[^"\\]{0,200};base64,[^"]*"/g

/**
 * The text that the input of a body is counted by: the JSON of what the model reads, which is a little more than the
 * model counts. Files that stand in it in base64 count as an image each.
 */
export function countedText(body: Record<string, unknown>): string {
  const counted = COUNTED.flatMap((name) => (body[name] === undefined ? [] : [body[name]]))
  const text = counted.map((part) => (typeof part === 'string' ? part : JSON.stringify(part))).join('\n')
  return text.includes(';base64,') ? text.replace(DATA_URL, `"${IMAGE}"`) : text
}

type Json = Record<string, unknown>

/**
 * What a model has produced in a whole answer or in one event of a stream, as text to be counted: content, reasoning,
 * refusals and the calls of tools, of every choice.
 */
export function producedText(value: Json): string {
  const choices = Array.isArray(value.choices) ? (value.choices as Json[]) : []
  const chat = choices.map((choice) => ofMessage((choice?.delta ?? choice?.message) as Json | undefined))
  return chat.join('') + ofResponse(value)
}

function ofMessage(message: Json | undefined): string {
  if (!message) return ''
  const texts = [message.content, message.reasoning_content ?? message.reasoning, message.refusal]
  const calls = Array.isArray(message.tool_calls) ? (message.tool_calls as Json[]) : []
  const named = calls.flatMap((call) => {
    const { name, arguments: given } = (call?.function ?? {}) as Json
    return [name, given]
  })
  return [...texts, ...named].filter((text) => typeof text === 'string').join('')
}

/** An event of a response's stream carries a delta; a whole response its output items. */
function ofResponse({ type, delta, output }: Json): string {
  if (typeof type === 'string' && /^response\..*\.delta$/.test(type) && typeof delta === 'string')
    return delta
  return Array.isArray(output) ? (output as Json[]).map(ofItem).join('') : ''
}

function ofItem(item: Json): string {
  const parts = Array.isArray(item?.content) ? (item.content as Json[]) : []
  const texts = parts.map((part) => part?.text ?? part?.refusal)
  return [...texts, item?.name, item?.arguments].filter((text) => typeof text === 'string').join('')
}
