import type { Readable } from 'node:stream'
import { toJson } from '../../../platform/kernel/exact-json'
import { type ModelAnswer, type ModelAsk, StreamBroken, type Target } from '../adapter'
import { openBody } from '../body-kind'
import { malformed } from '../failures'
import { toWholeChat, toWholeResponse } from '../gathered'
import { textOf } from '../provider-events'
import { MOST_ANSWER_BYTES, toAnswer } from './openai-answer'
import { readOpenAiEvents } from './openai-events'

/**
 * Reads a server's response as one of that API. Returns a failure if it is not one. A server that sends a stream though none
 * was asked for is read as well, up to what says that its answer is whole.
 */
export async function readWholeAnswer(
  source: Readable,
  ask: ModelAsk,
  target: Target,
  signal: AbortSignal,
): Promise<ModelAnswer> {
  // Where we close it, the error of that is ours: without a listener it would be one that nobody catches.
  source.on('error', () => undefined)
  const reading = { isOver: false }
  const events: Record<string, unknown>[] = []
  try {
    const { isJson, body } = await openBody(source)
    const bytes = bounded(body, reading)
    if (isJson) return toAnswer(ask, await textOf(bytes), target)
    for await (const { value } of readOpenAiEvents(bytes, ask, target, signal)) events.push(value)
    const whole = ask.api === 'responses' ? toWholeResponse(events) : toWholeChat(events)
    return toAnswer(ask, toJson(whole, ...events), target)
  } catch (error) {
    if (!(error instanceof StreamBroken)) throw error
    const { failure } = error
    // A text that came to its end without an event is no stream that was cut.
    const isNoStream = reading.isOver && events.length === 0 && !failure.isTold
    return isNoStream ? toAnswer(ask, '', target) : { tryNext: true, ...failure }
  } finally {
    source.destroy()
  }
}

async function* bounded(
  body: AsyncIterable<Uint8Array>,
  reading: { isOver: boolean },
): AsyncGenerator<Uint8Array> {
  let left = MOST_ANSWER_BYTES
  for await (const chunk of body) {
    left -= chunk.length
    if (left < 0) throw new StreamBroken(malformed(`its answer has over ${MOST_ANSWER_BYTES} bytes`))
    yield chunk
  }
  reading.isOver = true
}
