import { fromMarks, hasDigits, hideDigits, parseJson, toJson } from '../../platform/kernel/exact-json'
import { StreamBroken, type Target } from './adapter'
import { openBody } from './body-kind'
import { cutOff, readEvents, StreamEnd } from './event-stream'
import { failureOfToldError, malformed } from './failures'
import type { Wire } from './provider-wire'
import { errorIn } from './provider-words'

type Json = Record<string, unknown>

/**
 * The data of each event of a provider's stream, from the bytes of its body, in the form that its library reads: complete,
 * without empty events, and with the event that the library expects at the end. It ends without an error only if the
 * response is complete. An error from the provider is a `StreamBroken` with its message. A complete response in place of a
 * stream is accepted.
 */
export async function* readProviderEvents(
  source: AsyncIterable<Uint8Array>,
  wire: Wire,
  target: Target,
): AsyncGenerator<string> {
  const { isJson, body } = await openBody(source)
  const end = new StreamEnd()
  const events = isJson ? eventsOfWhole(body, wire) : readEvents(body, end)
  let [isEmpty, hasLast] = [true, false]
  try {
    for await (const data of events) {
      if (data.trim() === '[DONE]') continue
      const value = eventOf(data)
      const error = errorIn(value)
      if (error) throw new StreamBroken(failureOfToldError(error, target))
      const { isEnd, hasUsage } = wire.see(value)
      if (isEnd || end.wasSeen) end.note(hasUsage)
      isEmpty = false
      hasLast ||= value.type === wire.last
      if (wire.knows(value)) yield mended(data, value, wire)
    }
  } catch (error) {
    if (!end.wasSeen) throw error
  }
  if (isEmpty) throw new StreamBroken(malformed('its stream is empty'))
  if (!end.wasSeen) throw cutOff('it ended early')
  if (wire.last !== null && !hasLast) yield JSON.stringify({ type: wire.last })
}

/** A provider's complete response as JSON text. A stream in its place is accepted. Throws `StreamBroken`. */
export async function readProviderAnswer(
  source: AsyncIterable<Uint8Array>,
  wire: Wire,
  target: Target,
): Promise<string> {
  const { isJson, body } = await openBody(source)
  if (isJson) {
    const text = await textOf(body)
    const value = parse(text)
    const error = errorIn(value)
    if (error) throw new StreamBroken(failureOfToldError(error, target))
    return mended(text, value, wire)
  }
  const events: Json[] = []
  for await (const data of readProviderEvents(body, wire, target))
    events.push(fromMarks(JSON.parse(data)) as Json)
  const whole = toJson(wire.toWhole(events), ...events)
  return mended(whole, parse(whole), wire)
}

async function* eventsOfWhole(body: AsyncIterable<Uint8Array>, wire: Wire): AsyncGenerator<string> {
  const value = parse(await textOf(body))
  const error = errorIn(value)
  if (error) yield JSON.stringify(Array.isArray(value) ? value[0] : value)
  else for (const event of wire.toEvents(value)) yield toJson(event, value)
}

function mended(text: string, value: unknown, wire: Wire): string {
  const more = isObject(value) ? wire.mend(value) : null
  return more ? carried(toJson(more, value), more) : carried(text, value)
}

/** The text for the library: large integers in the arguments of calls are strings until they are passed on. */
function carried(text: string, value: unknown): string {
  if (!hasDigits(value)) return text
  return JSON.stringify(value, (name, child: unknown) =>
    name === 'args' || name === 'input' ? hideDigits(child) : child,
  )
}

function eventOf(data: string): Json {
  const value = parse(data)
  if (isObject(value)) return value
  throw new StreamBroken(malformed('an event of its stream is no JSON object'))
}

/** The text of a body. The caller limits its size. */
export async function textOf(body: AsyncIterable<Uint8Array>): Promise<string> {
  const chunks: Uint8Array[] = []
  for await (const chunk of body) chunks.push(chunk)
  return new TextDecoder().decode(Buffer.concat(chunks))
}

function parse(text: string): unknown {
  try {
    return parseJson(text)
  } catch {
    return undefined
  }
}

function isObject(value: unknown): value is Json {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
