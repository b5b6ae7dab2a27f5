type Json = Record<string, unknown>

/** Settings that no model reads. All other fields count: a server may read a field that the hub does not know. */
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

/** About the tokens that providers charge for an image of usual size. */
const IMAGE_TOKENS = 1_000
const IMAGE = 'image '.repeat(IMAGE_TOKENS)
const TEXT_TYPE = /^(?:text\/|application\/(?:json|xml))/i
const TEXT_FILE = /^data:(?:text\/|application\/(?:json|xml))[^,]*;base64,/i

/**
 * The text by which the input of a body is counted: the JSON of everything that the model reads, a little more than the
 * model counts. An image, a sound or a file counts as an image of usual size wherever it is, a text file as its text. This
 * applies only where a message can contain files: a text that looks like a file is a text. `ids` are counted separately.
 */
export function countedText(body: Json, ids = 0): string {
  return Object.entries(body)
    .filter(([name, value]) => isText(value) && !SETTINGS.has(name) && !(ids > 0 && name === 'input'))
    .map(([name, value]) => (name === 'messages' || name === 'input' ? withoutFiles(value) : value))
    .map((part) => (typeof part === 'string' ? part : JSON.stringify(part)))
    .join('\n')
}

/** The number of tokens of an embeddings input that consists of token ids, of one text or of several. */
export function countIds(input: unknown): number {
  if (!Array.isArray(input)) return 0
  let ids = 0
  for (const one of input) ids += Array.isArray(one) ? one.length : typeof one === 'number' ? 1 : 0
  return ids
}

/** The tokens of the images and files of a body. */
export function mediaTokens(body: Json): number {
  let media = 0
  const count = (file: unknown): string => {
    const text = ofFile(file)
    if (text === IMAGE) media += IMAGE_TOKENS
    return ''
  }
  withoutFiles(body.messages, count)
  withoutFiles(body.input, count)
  return media
}

const isText = (value: unknown) => typeof value === 'string' || (typeof value === 'object' && value !== null)

type ReadFile = (file: unknown) => string

function withoutFiles(list: unknown, read: ReadFile = ofFile): unknown {
  if (!Array.isArray(list)) return list
  return list.map((message) => {
    if (!isObject(message)) return message
    const places = Object.entries(message).filter(([name, value]) => holdsParts(name, value))
    const counted = places.map(([name, value]) => [name, ofContent(value, read)])
    const known = places.length === 0 ? message : { ...message, ...Object.fromEntries(counted) }
    // An item without a role may be an image itself.
    return message.role === undefined ? ofPart(known, read) : known
  })
}

const holdsParts = (name: string, value: unknown) =>
  Array.isArray(value) || ((name === 'content' || name === 'output') && isObject(value))

const ofContent = (content: unknown, read: ReadFile) =>
  Array.isArray(content) ? content.map((part) => ofPart(part, read)) : ofPart(content, read)

/** The fields of a message part that contain an image, a sound or a file. */
const FILES = [
  'image_url',
  'audio_url',
  'video_url',
  'input_audio',
  'file',
  'file_data',
  'file_url',
  'inlineData',
  'inline_data',
  'fileData',
] as const
/** Types of parts whose `source`, or whose `result`, is a file. */
const WITH_SOURCE = new Set(['image', 'document', 'audio', 'video'])

function ofPart(part: unknown, read: ReadFile): unknown {
  if (!isObject(part) || typeof part.text === 'string') return part
  const { type } = part
  const files: [string, unknown][] = []
  for (const name of FILES) if (part[name] != null) files.push([name, read(part[name])])
  if (WITH_SOURCE.has(String(type)) && isObject(part.source)) files.push(['source', read(part.source)])
  if (type === 'image_generation_call' && part.result != null) files.push(['result', read(part.result)])
  if (type === 'tool_result' && Array.isArray(part.content))
    files.push(['content', part.content.map((inner) => ofInner(inner, read))])
  return files.length === 0 ? part : { ...part, ...Object.fromEntries(files) }
}

/** A tool's result may contain images, but no other results. */
const ofInner = (part: unknown, read: ReadFile) =>
  isObject(part) && part.type === 'tool_result' ? part : ofPart(part, read)

function ofFile(file: unknown): string {
  if (!isObject(file)) return typeof file === 'string' && TEXT_FILE.test(file) ? decoded(file) : IMAGE
  const given = file.file_data ?? file.fileData ?? file.data ?? file.url
  if (typeof given !== 'string') return file.type === 'content' ? JSON.stringify(file.content) : IMAGE
  if (TEXT_FILE.test(given)) return decoded(given)
  const type = file.media_type ?? file.mimeType ?? file.mime_type
  if (typeof type !== 'string' || !TEXT_TYPE.test(type)) return IMAGE
  return file.type === 'text' ? given : Buffer.from(given, 'base64').toString('utf8')
}

const decoded = (address: string) =>
  Buffer.from(address.slice(address.indexOf(',') + 1), 'base64').toString('utf8')

const isObject = (value: unknown): value is Json =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

/**
 * The output of a model in a complete response or in one event of a stream, as text to count: content, reasoning, refusals
 * and tool calls, of every choice.
 */
export function producedText(value: Json): string {
  const choices = Array.isArray(value.choices) ? (value.choices as Json[]) : []
  const chat = choices.map((choice) => ofMessage((choice?.delta ?? choice?.message) as Json | undefined))
  return chat.join('') + ofResponse(value)
}

function ofMessage(message: Json | undefined): string {
  if (!message) return ''
  const texts = [
    textOfContent(message.content),
    message.reasoning_content || message.reasoning,
    message.refusal,
  ]
  const calls = Array.isArray(message.tool_calls) ? (message.tool_calls as Json[]) : []
  const asked = [...calls.map((call) => call?.function ?? call?.custom), message.function_call]
  const named = asked.flatMap((one) => {
    const { name, arguments: given, input } = (one ?? {}) as Json
    return [name, given, input]
  })
  return [...texts, ...named].filter((text) => typeof text === 'string').join('')
}

/** The text of a message's content (a string or a list of parts). Reasoning parts count, but are not shown. */
export function textOfContent(content: unknown, isShown = false): string {
  if (!Array.isArray(content)) return textOfPart(content, isShown)
  return content.map((part) => textOfPart(part, isShown)).join('')
}

/** The model's reasoning, if it is among the parts of its content. */
export function thoughtIn(content: unknown): string {
  if (!Array.isArray(content)) return ''
  return content.map((part) => (isThought(part) ? textOfPart(part, false) : '')).join('')
}

const isThought = (part: unknown) => isObject(part) && (part.type === 'thinking' || part.type === 'reasoning')

function textOfPart(part: unknown, isShown: boolean): string {
  if (typeof part === 'string') return part
  if (!isObject(part)) return ''
  if (isShown && isThought(part)) return ''
  if (typeof part.text === 'string') return part.text
  if (isShown) return ''
  return typeof part.thinking === 'string' ? part.thinking : textsIn(part.thinking)
}

const textsIn = (parts: unknown) =>
  Array.isArray(parts) ? parts.map((part) => (isObject(part) ? String(part.text ?? '') : '')).join('') : ''

/** An event of a response's stream has a delta; a complete response has output items. */
function ofResponse({ type, delta, output }: Json): string {
  if (typeof type === 'string' && /^response\..*\.delta$/.test(type) && typeof delta === 'string')
    return delta
  return Array.isArray(output) ? (output as Json[]).map(ofItem).join('') : ''
}

function ofItem(item: Json): string {
  const parts = [item?.content, item?.summary].flatMap((list) =>
    Array.isArray(list) ? (list as Json[]) : [],
  )
  const texts = parts.map((part) => part?.text ?? part?.refusal)
  return [...texts, item?.name, item?.arguments, item?.input]
    .filter((text) => typeof text === 'string')
    .join('')
}
