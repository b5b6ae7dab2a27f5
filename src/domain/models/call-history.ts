import { newCallId, wholeArguments } from './tool-calls'

type Json = Record<string, unknown>

/**
 * A chat's messages in which each function call has its own id and text arguments, and its result follows directly:
 * providers refuse a message between them. Returns the same list if there was nothing to correct.
 */
export function withCallsInOrder(messages: unknown[]): unknown[] {
  if (!messages.some((message) => isObject(message) && isOfCalls(message))) return messages
  const results = new Results(messages)
  const ids = new Set<string>()
  const groups = new Map<number, unknown[]>()
  messages.forEach((message, at) => {
    if (isObject(message) && Array.isArray(message.tool_calls))
      groups.set(at, groupOf(message, message.tool_calls, results, ids))
  })
  const ordered = messages.flatMap((message, at) => groups.get(at) ?? (results.isTaken(at) ? [] : [message]))
  const isSame =
    ordered.length === messages.length && ordered.every((message, at) => message === messages[at])
  return isSame ? messages : ordered
}

const isOfCalls = ({ role, tool_calls }: Json) => role === 'tool' || Array.isArray(tool_calls)

/** A message with calls, and their results. */
function groupOf(message: Json, calls: unknown[], results: Results, ids: Set<string>): unknown[] {
  const answers: unknown[] = []
  const mended = calls.map((call) => {
    if (!isObject(call)) return call
    const given = typeof call.id === 'string' ? call.id : ''
    const id = given === '' || ids.has(given) ? newCallId() : given
    ids.add(id)
    const answer = results.take(given)
    if (answer) answers.push(answer.tool_call_id === id ? answer : { ...answer, tool_call_id: id })
    return withArguments(call, id)
  })
  const isSame = mended.every((call, at) => call === calls[at])
  return [isSame ? message : { ...message, tool_calls: mended }, ...answers]
}

function withArguments(call: Json, id: string): Json {
  const asked = isObject(call.function) ? call.function : null
  const text = asked ? wholeArguments(asked.arguments) : ''
  if (call.id === id && (!asked || asked.arguments === text)) return call
  return { ...call, id, ...(asked ? { function: { ...asked, arguments: text } } : {}) }
}

/** The results of calls, by their call id, in their order. */
class Results {
  readonly #left = new Map<string, number[]>()
  readonly #taken = new Set<number>()

  constructor(private readonly messages: unknown[]) {
    messages.forEach((message, at) => {
      if (!isObject(message) || message.role !== 'tool') return
      const id = typeof message.tool_call_id === 'string' ? message.tool_call_id : ''
      const known = this.#left.get(id)
      if (known) known.push(at)
      else this.#left.set(id, [at])
    })
    // They are taken from the end, which takes constant time.
    for (const list of this.#left.values()) list.reverse()
  }

  /** The next result with this id. A result without an id belongs to the next call without a result. */
  take(id: string): Json | null {
    const at = this.#left.get(id)?.pop() ?? this.#left.get('')?.pop()
    if (at === undefined) return null
    this.#taken.add(at)
    return this.messages[at] as Json
  }

  isTaken(at: number): boolean {
    return this.#taken.has(at)
  }
}

/**
 * The input items of a response, with a `call_id` for each call and each output, and text arguments. Outputs without an id
 * belong to the calls before them, in their order.
 */
export function withCallIds(input: unknown): unknown {
  if (!Array.isArray(input)) return input
  const open: string[] = []
  const items = input.map((item) => {
    if (!isObject(item)) return item
    if (item.type === 'function_call') return callItem(item, open)
    if (item.type !== 'function_call_output' || isNamed(item.call_id)) return item
    const id = open.shift()
    return id === undefined ? item : { ...item, call_id: id }
  })
  return items.some((item, at) => item !== input[at]) ? items : input
}

function callItem(item: Json, open: string[]): Json {
  const text = wholeArguments(item.arguments)
  if (isNamed(item.call_id)) return item.arguments === text ? item : { ...item, arguments: text }
  const id = isNamed(item.id) ? item.id : newCallId()
  open.push(id)
  return { ...item, call_id: id, arguments: text }
}

const isNamed = (id: unknown): id is string => typeof id === 'string' && id !== ''

function isObject(value: unknown): value is Json {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
