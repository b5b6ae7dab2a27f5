type Json = Record<string, unknown>

/** Anthropic's `input_tokens` does not hold what was read from, or written to, its cache. */
const START_USAGE = {
  input_tokens: 13,
  cache_creation_input_tokens: 3,
  cache_read_input_tokens: 4,
  output_tokens: 1,
}
const USAGE = { ...START_USAGE, output_tokens: 10 }
const THOUGHT = { ...USAGE, output_tokens_details: { thinking_tokens: 6 } }

const usageOf = (behaviour: string): Json => {
  if (behaviour === 'silent') return {}
  return { usage: behaviour === 'thinking' ? THOUGHT : USAGE }
}

const stopOf = (behaviour: string) =>
  ({ tools: 'tool_use', filtered: 'refusal', short: 'max_tokens' })[behaviour] ?? 'end_turn'

/** A whole answer of Anthropic's Messages API. */
export function anthropicMessage(behaviour: string, body: Json): Json {
  const thinking = { type: 'thinking', thinking: 'Let me see.', signature: 'sig' }
  const text = { type: 'text', text: 'The quick fox.' }
  const call = { type: 'tool_use', id: 'toolu_1', name: 'weather', input: { city: 'Oslo' } }
  const content =
    { tools: [text, call], thinking: [thinking, text], filtered: [] }[behaviour] ?? ([text] as object[])
  return {
    id: 'msg_1',
    type: 'message',
    role: 'assistant',
    model: body.model,
    content,
    stop_reason: stopOf(behaviour),
    stop_sequence: null,
    ...usageOf(behaviour),
  }
}

/** The events of a stream of it, whatever of them the behaviour lets come. */
export function anthropicEvents(behaviour: string, body: Json): Json[] {
  if (behaviour === 'overloaded') return [errorEvent]
  const start = {
    type: 'message_start',
    message: {
      ...anthropicMessage(behaviour, body),
      content: [],
      stop_reason: null,
      ...(behaviour === 'silent' ? {} : { usage: START_USAGE }),
    },
  }
  const thinking = block(0, { type: 'thinking', thinking: '', signature: '' }, [
    { type: 'thinking_delta', thinking: 'Let me see.' },
    { type: 'signature_delta', signature: 'sig' },
  ])
  const texts = ['The ', 'quick ', 'fox.'].map((text) => ({ type: 'text_delta', text }))
  const text = block(behaviour === 'thinking' ? 1 : 0, { type: 'text', text: '' }, texts)
  const call = block(1, { type: 'tool_use', id: 'toolu_1', name: 'weather', input: {} }, [
    { type: 'input_json_delta', partial_json: '{"city":' },
    { type: 'input_json_delta', partial_json: '"Oslo"}' },
  ])
  const delta = { stop_reason: stopOf(behaviour), stop_sequence: null }
  const end = [{ type: 'message_delta', delta, ...usageOf(behaviour) }, { type: 'message_stop' }]
  const before = behaviour === 'thinking' ? [start, ...thinking] : [start, { type: 'ping' }]
  if (['cut', 'closed', 'endless'].includes(behaviour)) return [...before, ...text.slice(0, 3)]
  if (behaviour === 'error-event') return [...before, ...text.slice(0, 3), errorEvent]
  return [...before, ...text, ...(behaviour === 'tools' ? call : []), ...end]
}

const errorEvent = { type: 'error', error: { type: 'overloaded_error', message: 'Overloaded' } }

function block(index: number, content_block: Json, deltas: Json[]): Json[] {
  return [
    { type: 'content_block_start', index, content_block },
    ...deltas.map((delta) => ({ type: 'content_block_delta', index, delta })),
    { type: 'content_block_stop', index },
  ]
}
