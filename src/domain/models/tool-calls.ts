import { randomBytes } from 'node:crypto'
import { toJson } from '../../platform/kernel/exact-json'
import { isReason } from './event-stream'

type Json = Record<string, unknown>

/** An id in OpenAI's format, for a call whose server sent none. */
export const newCallId = () => `call_${randomBytes(12).toString('hex')}`

/** A call's arguments as JSON text: some servers send the object itself. */
export function argumentsText(given: unknown): string {
  if (typeof given === 'string') return given
  return given === null || given === undefined ? '' : toJson(given)
}

/** The same for complete arguments: missing ones become an empty object. */
export function wholeArguments(given: unknown): string {
  const text = argumentsText(given)
  return text.trim() === '' ? '{}' : text
}

/** A complete chat in which each call has its own id and text arguments. Returns the same object if nothing changes. */
export function withWholeCalls(completion: Json): Json {
  const choices = Array.isArray(completion.choices) ? (completion.choices as unknown[]) : []
  const mended = choices.map((choice) => {
    if (!isObject(choice) || !isObject(choice.message) || !Array.isArray(choice.message.tool_calls))
      return choice
    const calls = mendedCalls(choice.message.tool_calls)
    return calls ? { ...choice, message: { ...choice.message, tool_calls: calls } } : choice
  })
  return mended.some((choice, at) => choice !== choices[at]) ? { ...completion, choices: mended } : completion
}

function mendedCalls(calls: unknown[]): unknown[] | null {
  const ids = new Set<string>()
  const mended = calls.map((call) => {
    if (!isObject(call)) return call
    const given = typeof call.id === 'string' ? call.id : ''
    const id = given === '' || ids.has(given) ? newCallId() : given
    ids.add(id)
    if (isCustom(call)) return id === given ? call : { ...call, id }
    const asked = isObject(call.function) ? call.function : {}
    const text = wholeArguments(asked.arguments)
    if (id === given && call.type === 'function' && asked.arguments === text) return call
    return { ...call, id, type: 'function', function: { ...asked, arguments: text } }
  })
  return mended.some((call, at) => call !== calls[at]) ? mended : null
}

/**
 * The function calls in a chat's stream, as clients expect them: each has its own index and id; its id and name are only in
 * its first piece; its arguments are text. Some servers leave ids out, send ids or names late or repeatedly, and use
 * one index for several calls.
 */
export class StreamedCalls {
  readonly #choices = new Map<unknown, ChoiceCalls>()
  #frame: Json = {}

  /** The corrected chunk; the same object if there was nothing to correct. */
  mend(chunk: Json): Json {
    const choices = Array.isArray(chunk.choices) ? (chunk.choices as unknown[]) : []
    if (choices.length === 0) return chunk
    const mended = choices.map((choice) => (isObject(choice) ? this.#mendChoice(choice) : choice))
    if (this.#choices.size > 0) this.#frame = chunk
    return mended.some((choice, at) => choice !== choices[at]) ? { ...chunk, choices: mended } : chunk
  }

  /** The pieces that are left when the stream ends without a finish reason. */
  rest(): Json | null {
    const choices = [...this.#choices].flatMap(([index, calls]) => {
      const left = calls.finish()
      return left.length > 0 ? [{ index, delta: { tool_calls: left }, finish_reason: null }] : []
    })
    const { usage: _usage, ...frame } = this.#frame
    return choices.length > 0 ? { ...frame, choices } : null
  }

  #mendChoice(choice: Json): Json {
    const index = choice.index ?? 0
    const delta = isObject(choice.delta) ? choice.delta : {}
    const given = Array.isArray(delta.tool_calls) ? (delta.tool_calls as unknown[]).filter(isObject) : []
    const calls = this.#choices.get(index) ?? (given.length > 0 ? new ChoiceCalls() : null)
    if (!calls) return choice
    this.#choices.set(index, calls)
    const told = given.flatMap((call) => calls.take(call))
    if (isReason(choice.finish_reason)) told.push(...calls.finish())
    if (told.length === given.length && told.every((call, at) => call === given[at])) return choice
    const { tool_calls: _given, ...rest } = delta
    return { ...choice, delta: told.length > 0 ? { ...rest, tool_calls: told } : rest }
  }
}

type Call = {
  index: number
  /** The id from the server; empty until the server sends one. */
  givenId: string
  name: string
  text: string
  /** The pieces that arrived before the call could be passed on. */
  held: Json[]
  isTold: boolean
  isCustom: boolean
}

class ChoiceCalls {
  readonly #calls: Call[] = []
  /** The newest call for each index of the server. */
  readonly #newest = new Map<number, Call>()
  readonly #ids = new Set<string>()
  #lastAt = 0

  /** Turns one piece of the server into pieces for the client: the same piece if it is correct. */
  take(piece: Json): Json[] {
    const asked = isObject(piece.function) ? piece.function : {}
    const [id, name, text] = [textOf(piece.id), textOf(asked.name), argumentsText(asked.arguments)]
    const call = this.#callOf(piece, id, name, text)
    call.givenId ||= id
    call.name ||= name
    call.text += text
    if (call.isCustom) return [piece]
    if (call.isTold) return this.#goOn(call, piece, asked, text)
    call.held.push(piece)
    return call.givenId !== '' && call.name !== '' ? [this.#tell(call)] : []
  }

  /** The pieces that are left at the end: calls that never got an id or a name, and calls without arguments. */
  finish(): Json[] {
    const left = this.#calls.filter((call) => !call.isCustom && (!call.isTold || call.text.trim() === ''))
    return left.map((call) => {
      const isEmpty = call.text.trim() === ''
      const none = { index: call.index, function: { arguments: '{}' } }
      call.text ||= '{}'
      if (call.isTold) return none
      if (isEmpty) call.held.push(none)
      return this.#tell(call)
    })
  }

  #callOf(piece: Json, id: string, name: string, text: string): Call {
    const hasIndex = Number.isSafeInteger(piece.index) && (piece.index as number) >= 0
    const byId = hasIndex || id === '' ? undefined : this.#calls.find(({ givenId }) => givenId === id)
    const at = hasIndex ? (piece.index as number) : this.#lastAt
    this.#lastAt = at
    const known = byId ?? this.#newest.get(at)
    if (known && !isOther(known, id, name, text)) return known
    const isFree = !this.#calls.some(({ index }) => index === at)
    const highest = Math.max(-1, ...this.#calls.map(({ index }) => index))
    const index = isFree && at < 1_000 ? at : highest + 1
    const call = {
      index,
      givenId: '',
      name: '',
      text: '',
      held: [],
      isTold: false,
      isCustom: isCustom(piece),
    }
    this.#calls.push(call)
    this.#newest.set(at, call)
    return call
  }

  #goOn({ index }: Call, piece: Json, asked: Json, text: string): Json[] {
    const isClean = piece.index === index && !piece.id && !asked.name && typeof asked.arguments === 'string'
    if (isClean) return [piece]
    const { id: _id, type: _type, function: _asked, index: _index, ...more } = piece
    if (text === '' && Object.keys(more).length === 0) return []
    return [{ index, ...more, function: { arguments: text } }]
  }

  #tell(call: Call): Json {
    call.isTold = true
    const id = call.givenId === '' || this.#ids.has(call.givenId) ? newCallId() : call.givenId
    this.#ids.add(id)
    const pieces = call.held.splice(0)
    const [first] = pieces
    const asked = pieces.map((piece) => (isObject(piece.function) ? piece.function : {}))
    const isClean = first?.index === call.index && first.id === id && first.type === 'function'
    if (pieces.length === 1 && first && isClean && typeof asked[0]?.arguments === 'string') return first
    const text = asked.map((one) => argumentsText(one.arguments)).join('')
    const about = { index: call.index, id, type: 'function' }
    return { ...Object.assign({}, ...pieces), ...about, function: { name: call.name, arguments: text } }
  }
}

/** Whether a piece begins a new call under its index. */
function isOther(known: Call, id: string, name: string, text: string): boolean {
  if (id !== '' && known.givenId !== '' && id !== known.givenId) return name !== '' || isWhole(known.text)
  if (name === '') return false
  if (known.name !== '' && name !== known.name) return true
  return text.trim() !== '' && isWhole(known.text)
}

function isWhole(text: string): boolean {
  if (!text.trimEnd().endsWith('}')) return false
  try {
    return isObject(JSON.parse(text))
  } catch {
    return false
  }
}

/** Custom tools, whose input is not JSON, have their own type. */
const isCustom = ({ type, custom }: Json) =>
  custom !== undefined || (typeof type === 'string' && type !== '' && type !== 'function')

const textOf = (value: unknown) => (typeof value === 'string' ? value : '')

function isObject(value: unknown): value is Json {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
