type Json = Record<string, unknown>

/** Settings of a body that no model reads. All else counts: a server may read a field that the hub does not know. */
const SETTINGS = new Set([
  'encoding_format',
  'include',
  'logit_bias',
  'metadata',
  'modalities',
  'prompt_cache_key',
  'reasoning',
  'reasoning_effort',
  'safety_identifier',
  'service_tier',
  'stop',
  'stream_options',
  'tool_choice',
  'truncation',
  'user',
  'verbosity',
])

/** About what providers take for an image of usual size. */
const IMAGE = 'image '.repeat(1_000)
const TEXT_FILE = /^data:(?:text\/|application\/(?:json|xml))[^,]*;base64,/i

/**
 * The text that the input of a body is counted by: the JSON of what the model reads, which is a little more than the
 * model counts. An image, a sound or a file counts as an image of usual size, wherever it is, and a file of text as its
 * text. Only where a message holds such things: a text that looks like a file is a text.
 */
export function countedText(body: Json): string {
  return Object.entries(body)
    .filter(([name, value]) => isText(value) && !SETTINGS.has(name))
    .map(([name, value]) => (name === 'messages' || name === 'input' ? withoutFiles(value) : value))
    .map((part) => (typeof part === 'string' ? part : JSON.stringify(part)))
    .join('\n')
}

const isText = (value: unknown) => typeof value === 'string' || (typeof value === 'object' && value !== null)

function withoutFiles(list: unknown): unknown {
  if (!Array.isArray(list)) return list
  return list.map((message) => {
    const parts = Object.entries(isObject(message) ? message : {}).filter(([, value]) => Array.isArray(value))
    const counted = parts.map(([name, value]) => [name, (value as unknown[]).map(ofPart)])
    return parts.length === 0 ? message : { ...message, ...Object.fromEntries(counted) }
  })
}

/** The places of a part of a message where an image, a sound or a file stands. */
const FILES = ['image_url', 'audio_url', 'video_url', 'input_audio', 'file', 'file_data', 'file_url'] as const

function ofPart(part: unknown): unknown {
  if (!isObject(part) || typeof part.text === 'string') return part
  const files = FILES.filter((name) => part[name] != null).map((name) => [name, ofFile(part[name])])
  return { ...part, ...Object.fromEntries(files) }
}

function ofFile(file: unknown): string {
  const given = isObject(file) ? (file.file_data ?? file.data ?? file.url) : file
  if (typeof given !== 'string' || !TEXT_FILE.test(given)) return IMAGE
  return Buffer.from(given.slice(given.indexOf(',') + 1), 'base64').toString('utf8')
}

const isObject = (value: unknown): value is Json =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

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
