import { parseJson, toJson } from '../../platform/kernel/exact-json'

type Json = Record<string, unknown>

/** How one kind of provider writes a stream, in addition to what its library reads itself. */
export type Wire = {
  /** Whether the response is complete after this event, and whether the event contains the usage. */
  see(event: Json): { isEnd: boolean; hasUsage: boolean }
  /** The type of the event that the library expects at the end of a complete response; null if it expects none. */
  last: string | null
  /** Whether the library knows events of this type. It fails on others, which a provider may add. */
  knows(event: Json): boolean
  /** An event or a whole answer with what the library insists on and a server may leave out; null where nothing is. */
  mend(value: Json): Json | null
  /** Turns a complete response into the events of a stream. */
  toEvents(whole: unknown): Json[]
  /** Turns the events of a stream into a complete response. */
  toWhole(events: Json[]): Json | null
}

const isReason = (reason: unknown) =>
  typeof reason === 'string' && reason.trim() !== '' && !reason.endsWith('_UNSPECIFIED')

/** Anthropic's Messages. */
export const anthropicWire: Wire = {
  see: ({ type, delta, usage }) => {
    const isStop = type === 'message_stop'
    const isReasoned = type === 'message_delta' && isObject(delta) && isReason(delta.stop_reason)
    return { isEnd: isStop || isReasoned, hasUsage: isStop || usage != null }
  },
  last: 'message_stop',
  knows: ({ type }) =>
    typeof type === 'string' && /^(?:message|content_block)_(?:start|delta|stop)$|^ping$/.test(type),
  mend: (value) => {
    if (value.type === 'message_start' && isObject(value.message)) {
      const message = withCounts(value.message, ['input_tokens', 'output_tokens'])
      return message && { ...value, message }
    }
    if (value.type === 'message_delta') return withCounts(value, ['output_tokens'])
    return Array.isArray(value.content) ? withCounts(value, ['input_tokens', 'output_tokens']) : null
  },
  toEvents: (whole) => (isObject(whole) ? messageEvents(whole) : []),
  toWhole: (events) => wholeMessage(events),
}

/** Replaces missing counts by 0, which the hub reads as no count; null if all are numbers. */
function withCounts(value: Json, names: string[]): Json | null {
  const told = isObject(value.usage) ? value.usage : {}
  const missing = names.filter((name) => typeof told[name] !== 'number')
  if (missing.length === 0) return null
  return { ...value, usage: { ...told, ...Object.fromEntries(missing.map((name) => [name, 0])) } }
}

function messageEvents(message: Json): Json[] {
  const { content, stop_reason, stop_sequence = null, usage, ...rest } = message
  const start = { ...rest, content: [], stop_reason: null, stop_sequence: null, usage }
  return [
    { type: 'message_start', message: start },
    ...listOf(content).flatMap(blockEvents),
    { type: 'message_delta', delta: { stop_reason, stop_sequence }, usage },
    { type: 'message_stop' },
  ]
}

function blockEvents(block: Json, index: number): Json[] {
  const deltas: Json[] = []
  let begun = block
  if (block.type === 'text') {
    begun = { ...block, text: '' }
    deltas.push({ type: 'text_delta', text: block.text })
  } else if (block.type === 'thinking') {
    begun = { ...block, thinking: '', signature: '' }
    deltas.push({ type: 'thinking_delta', thinking: block.thinking })
    if (block.signature) deltas.push({ type: 'signature_delta', signature: block.signature })
  } else if (block.type === 'tool_use') {
    begun = { ...block, input: {} }
    deltas.push({ type: 'input_json_delta', partial_json: toJson(block.input ?? {}) })
  }
  return [
    { type: 'content_block_start', index, content_block: begun },
    ...deltas.map((delta) => ({ type: 'content_block_delta', index, delta })),
    { type: 'content_block_stop', index },
  ]
}

/** For each kind of delta: its field, and the field of the block that it continues. */
const FIELDS: Record<string, [from: string, to: string]> = {
  text_delta: ['text', 'text'],
  thinking_delta: ['thinking', 'thinking'],
  signature_delta: ['signature', 'signature'],
  input_json_delta: ['partial_json', 'json'],
}

function wholeMessage(events: Json[]): Json | null {
  const start = events.find(({ type }) => type === 'message_start')?.message
  if (!isObject(start)) return null
  const blocks = new Map<unknown, Json>()
  let message = start
  for (const { type, index, content_block: block, delta, usage } of events) {
    if (type === 'content_block_start' && isObject(block)) blocks.set(index, { ...block })
    const known = blocks.get(index)
    const [from, to] = FIELDS[String(isObject(delta) ? delta.type : '')] ?? []
    if (type === 'content_block_delta' && known && isObject(delta) && from && to)
      known[to] = `${known[to] ?? ''}${delta[from] ?? ''}`
    if (type === 'message_delta' && isObject(delta)) {
      const all = { ...(isObject(message.usage) ? message.usage : {}), ...(isObject(usage) ? usage : {}) }
      message = { ...message, ...delta, usage: all }
    }
  }
  return { ...message, content: [...blocks.values()].map(wholeBlock) }
}

function wholeBlock({ json, ...block }: Json): Json {
  if (block.type !== 'tool_use' || typeof json !== 'string' || json.trim() === '') return block
  try {
    return { ...block, input: parseJson(json) }
  } catch {
    return block
  }
}

/** Google's generateContent. */
export const googleWire: Wire = {
  see: ({ candidates, promptFeedback, usageMetadata }) => {
    const isFinished = listOf(candidates).some(({ finishReason }) => isReason(finishReason))
    const isBlocked = isObject(promptFeedback) && isReason(promptFeedback.blockReason)
    return { isEnd: isFinished || isBlocked, hasUsage: usageMetadata != null }
  },
  last: null,
  knows: () => true,
  mend: () => null,
  toEvents: (whole) => (Array.isArray(whole) ? whole.filter(isObject) : isObject(whole) ? [whole] : []),
  toWhole: (events) => wholeContent(events),
}

function wholeContent(events: Json[]): Json | null {
  if (events.length === 0) return null
  const parts: unknown[] = []
  let candidate: Json = {}
  for (const { candidates } of events) {
    const [first] = listOf(candidates)
    if (!first) continue
    const { content, ...more } = first
    if (isObject(content)) parts.push(...listOf(content.parts))
    candidate = { ...candidate, ...more }
  }
  const hasCandidate = Object.keys(candidate).length > 0 || parts.length > 0
  const whole = { ...candidate, content: { role: 'model', parts } }
  return { ...Object.assign({}, ...events), ...(hasCandidate ? { candidates: [whole] } : {}) }
}

const listOf = (value: unknown): Json[] => (Array.isArray(value) ? value.filter(isObject) : [])

function isObject(value: unknown): value is Json {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
