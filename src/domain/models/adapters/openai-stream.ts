import type { Readable } from 'node:stream'
import { toJson } from '../../../platform/kernel/exact-json'
import { type ModelAsk, type ModelEvent, type ModelStream, StreamBroken, type Target } from '../adapter'
import { openBody } from '../body-kind'
import { failureOfError, malformed } from '../failures'
import { toChunks, toResponseEvents } from '../gathered'
import { MOST_ANSWER_BYTES, toAnswer } from './openai-answer'
import { readOpenAiEvents } from './openai-events'

/**
 * A stream has begun with its first event: until then another upstream may be tried. A server that answers as a whole
 * though a stream was asked for is read as well.
 */
export async function beginOpenAiStream(
  source: Readable,
  ask: ModelAsk,
  target: Target,
  signal: AbortSignal,
): Promise<ModelStream> {
  // Where we close it, the error of that is ours: without a listener it would be one that nobody catches.
  source.on('error', () => undefined)
  try {
    const { isJson, body } = await openBody(source)
    if (isJson) return await streamOfWhole(body, ask, target)
    const events = readOpenAiEvents(body, ask, target, signal)
    const first = await events.next()
    if (first.done) throw new StreamBroken(malformed('its stream is empty'))
    return { ok: true, events: startingWith(first.value, events, source) }
  } catch (error) {
    source.destroy()
    return error instanceof StreamBroken
      ? { tryNext: !signal.aborted, ...error.failure }
      : failureOfError(error, signal)
  }
}

async function streamOfWhole(
  body: AsyncIterable<Uint8Array>,
  ask: ModelAsk,
  target: Target,
): Promise<ModelStream> {
  const chunks: Uint8Array[] = []
  let size = 0
  for await (const chunk of body) {
    size += chunk.length
    if (size > MOST_ANSWER_BYTES) throw new StreamBroken(malformed('its answer is too large'))
    chunks.push(chunk)
  }
  const answer = toAnswer(ask, new TextDecoder().decode(Buffer.concat(chunks)), target)
  if (!answer.ok) return answer
  const values = ask.api === 'responses' ? toResponseEvents(answer.value) : toChunks(answer.value)
  return { ok: true, events: eventsOf(values, answer.value) }
}

async function* eventsOf(values: Record<string, unknown>[], source: unknown): AsyncGenerator<ModelEvent> {
  for (const value of values) yield { data: toJson(value, source), value }
}

async function* startingWith(
  first: ModelEvent,
  rest: AsyncGenerator<ModelEvent>,
  source: Readable,
): AsyncGenerator<ModelEvent> {
  try {
    yield first
    yield* rest
  } finally {
    source.destroy()
  }
}
