import { argumentsText, newCallId, wholeArguments } from './tool-calls'

type Json = Record<string, unknown>

/**
 * The calls of functions in a response, or in the events of its stream, of a server that speaks it itself: a `call_id`
 * that stays the same, and arguments that are text.
 */
export class ResponseCalls {
  readonly #ids = new Map<string, string>()

  /** Nothing is left to say at the end of a stream. */
  rest(): null {
    return null
  }

  /** A whole response, or one event; the same object where nothing was to be mended. */
  mend(value: Json): Json {
    const output = this.#items(value.output)
    const response = isObject(value.response) ? this.mend(value.response) : value.response
    const isOpen = value.type === 'response.output_item.added'
    const item = isObject(value.item) ? this.#item(value.item, value.output_index, isOpen) : value.item
    const isDone = value.type === 'response.function_call_arguments.done'
    const given = isDone ? wholeArguments(value.arguments) : value.arguments
    const isSame =
      output === value.output &&
      response === value.response &&
      item === value.item &&
      given === value.arguments
    if (isSame) return value
    const all = { ...value, output, response, item, arguments: given }
    return Object.fromEntries(Object.entries(all).filter(([name]) => name in value))
  }

  #items(output: unknown): unknown {
    if (!Array.isArray(output)) return output
    const items = output.map((item, at) => (isObject(item) ? this.#item(item, at, false) : item))
    return items.some((item, at) => item !== output[at]) ? items : output
  }

  #item(item: Json, at: unknown, isOpen: boolean): Json {
    if (item.type !== 'function_call') return item
    const text = isOpen ? argumentsText(item.arguments) : wholeArguments(item.arguments)
    const isNamed = typeof item.call_id === 'string' && item.call_id !== ''
    if (isNamed && item.arguments === text) return item
    return { ...item, call_id: isNamed ? item.call_id : this.#idOf(item, at), arguments: text }
  }

  #idOf({ id }: Json, at: unknown): string {
    if (typeof id === 'string' && id !== '') return id
    const known = this.#ids.get(String(at)) ?? newCallId()
    this.#ids.set(String(at), known)
    return known
  }
}

function isObject(value: unknown): value is Json {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
