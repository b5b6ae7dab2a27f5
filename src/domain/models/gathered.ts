import { isReason } from './event-stream'

type Json = Record<string, unknown>

/** The chunks of a chat's stream as the whole answer that the same call would have given. */
export function toWholeChat(chunks: Json[]): Json {
  const { choices: _choices, usage: _usage, ...common } = chunks[0] ?? {}
  const all = new Map<unknown, Json>()
  for (const chunk of chunks)
    for (const choice of listOf(chunk.choices)) {
      const index = choice.index ?? 0
      all.set(
        index,
        merged(all.get(index) ?? { index, message: { role: 'assistant', content: null } }, choice),
      )
    }
  const usage = chunks.map((chunk) => chunk.usage).findLast((counts) => counts != null)
  return { ...common, object: 'chat.completion', choices: [...all.values()], ...(usage ? { usage } : {}) }
}

/** The last event of a response's stream holds all of it. */
export function toWholeResponse(events: Json[]): Json | null {
  const last = events.findLast(({ type }) => type === 'response.completed' || type === 'response.incomplete')
  return isObject(last?.response) ? last.response : null
}

function merged(known: Json, { delta, message: _none, index: _index, ...more }: Json): Json {
  const given = Object.entries(more).filter(
    ([name, value]) => value !== null && value !== undefined && (name !== 'finish_reason' || isReason(value)),
  )
  const logprobs = isObject(more.logprobs) ? { logprobs: joined(known.logprobs, more.logprobs) } : {}
  const message = isObject(delta) ? joined(known.message, delta) : known.message
  return { finish_reason: null, ...known, ...Object.fromEntries(given), ...logprobs, message }
}

/** Texts and lists go on, calls by their index; of all else the last is what counts. */
function joined(known: unknown, delta: Json): Json {
  const all: Json = isObject(known) ? { ...known } : {}
  for (const [name, value] of Object.entries(delta)) {
    const before = all[name]
    if (value === null || value === undefined || (name === 'role' && value === '')) continue
    if (name === 'tool_calls') all[name] = withCalls(listOf(before), listOf(value))
    else if (typeof value === 'string' && typeof before === 'string' && name !== 'role')
      all[name] = before + value
    else if (Array.isArray(value) && Array.isArray(before)) all[name] = [...before, ...value]
    else all[name] = value
  }
  return all
}

function withCalls(known: Json[], given: Json[]): Json[] {
  const calls = [...known]
  for (const { index, ...call } of given) {
    const at = typeof index === 'number' && index < 1_000 ? index : Math.max(0, calls.length - 1)
    const before = calls[at] ?? {}
    const named = isObject(before.function) ? before.function : {}
    const more = isObject(call.function) ? call.function : {}
    const text = `${named.arguments ?? ''}${more.arguments ?? ''}`
    const asked = { function: { ...named, ...more, arguments: text } }
    calls[at] = { ...before, ...call, ...(call.function === undefined ? {} : asked) }
  }
  return calls
}

/** A whole chat as the chunks of a stream: all of each answer in one, and the usage in the last. */
export function toChunks({ choices, usage, ...common }: Json): Json[] {
  const frame = { ...common, object: 'chat.completion.chunk' }
  const begun = listOf(choices).map(({ message, finish_reason = null, ...choice }) => ({
    ...choice,
    delta: isObject(message) ? withIndexes(message) : {},
    finish_reason,
  }))
  return [{ ...frame, choices: begun }, ...(usage == null ? [] : [{ ...frame, choices: [], usage }])]
}

function withIndexes(message: Json): Json {
  if (!Array.isArray(message.tool_calls)) return message
  return { ...message, tool_calls: listOf(message.tool_calls).map((call, index) => ({ index, ...call })) }
}

/** A whole response as the events of a stream: each item at once. */
export function toResponseEvents(response: Json): Json[] {
  const begun = { ...response, status: 'in_progress', output: [], usage: null }
  const type = response.status === 'incomplete' ? 'response.incomplete' : 'response.completed'
  const events: Json[] = [
    { type: 'response.created', response: begun },
    { type: 'response.in_progress', response: begun },
    ...listOf(response.output).flatMap(itemEvents),
    { type, response },
  ]
  return events.map((event, sequence_number) => ({ ...event, sequence_number }))
}

function itemEvents(item: Json, output_index: number): Json[] {
  const at = { item_id: item.id, output_index }
  const parts = listOf(item.content)
  const inner =
    item.type === 'message'
      ? parts.flatMap((part, content_index) => partEvents(part, { ...at, content_index }))
      : []
  const begun = { ...item, status: 'in_progress', ...(item.type === 'message' ? { content: [] } : {}) }
  const isCall = item.type === 'function_call'
  const call = isCall
    ? [
        { type: 'response.function_call_arguments.delta', ...at, delta: item.arguments },
        { type: 'response.function_call_arguments.done', ...at, name: item.name, arguments: item.arguments },
      ]
    : []
  return [
    { type: 'response.output_item.added', output_index, item: isCall ? { ...begun, arguments: '' } : begun },
    ...inner,
    ...call,
    { type: 'response.output_item.done', output_index, item },
  ]
}

function partEvents(part: Json, at: Json): Json[] {
  const kind = part.type === 'refusal' ? 'refusal' : 'text'
  const name = kind === 'refusal' ? 'response.refusal' : 'response.output_text'
  const text = part[kind]
  if (typeof text !== 'string') return []
  return [
    { type: 'response.content_part.added', ...at, part: { ...part, [kind]: '' } },
    { type: `${name}.delta`, ...at, delta: text },
    { type: `${name}.done`, ...at, [kind]: text },
    { type: 'response.content_part.done', ...at, part },
  ]
}

const listOf = (value: unknown): Json[] => (Array.isArray(value) ? value.filter(isObject) : [])

const isObject = (value: unknown): value is Json =>
  typeof value === 'object' && value !== null && !Array.isArray(value)
