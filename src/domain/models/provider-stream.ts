import type { LanguageModelV3StreamPart } from '@ai-sdk/provider'
import type { ToolFailure } from '../tools/adapters/adapter'
import { type ModelEvent, type ModelFailure, type ModelStream, StreamBroken } from './adapter'
import { cutOff } from './event-stream'
import { malformed } from './failures'
import { StreamedCalls } from './tool-calls'
import type { AnswerName } from './translate-result'
import { ChunkWriter } from './translate-stream'

export type Begun = {
  stream: ReadableStream<LanguageModelV3StreamPart>
  /** The meaning of an error of this call. */
  fail: (error: unknown) => ModelFailure
  /** Ends the call of the upstream. */
  stop: () => void
  name: AnswerName
}

/**
 * Waits for the first event: if a stream fails before it, nothing was sent to the caller, and another upstream may be tried.
 * A later failure is a `StreamBroken`.
 */
export async function beginStream(begun: Begun): Promise<ModelStream> {
  const events = eventsOf(begun)
  try {
    const first = await events.next()
    if (first.done) return malformed('its stream is empty')
    return { ok: true, events: startingWith(first.value, events) }
  } catch (error) {
    if (error instanceof StreamBroken) return { tryNext: true, ...error.failure }
    throw error
  }
}

async function* startingWith(
  first: ModelEvent,
  rest: AsyncGenerator<ModelEvent>,
): AsyncGenerator<ModelEvent> {
  try {
    yield first
    yield* rest
  } finally {
    // If the reader stops at the first event, the rest of the stream must be cancelled.
    await rest.return(undefined)
  }
}

async function* eventsOf({ stream, fail, stop, name }: Begun): AsyncGenerator<ModelEvent> {
  const writer = new ChunkWriter(name)
  const calls = new StreamedCalls()
  const reader = stream.getReader()
  let isComplete = false
  try {
    for (;;) {
      const { done, value: part } = await reader.read()
      if (done) break
      const failure = failureIn(part, fail)
      if (failure) throw new StreamBroken(failure)
      for (const event of writer.write(part)) yield mended(event, calls)
      if (part.type === 'finish') isComplete = true
    }
    if (!isComplete) throw cutOff('it ended early')
  } catch (error) {
    throw error instanceof StreamBroken ? error : new StreamBroken(fail(error))
  } finally {
    stop()
  }
}

function mended(event: ModelEvent, calls: StreamedCalls): ModelEvent {
  const value = calls.mend(event.value)
  return value === event.value ? event : { data: JSON.stringify(value), value }
}

function failureIn(part: LanguageModelV3StreamPart, fail: Begun['fail']): ToolFailure | null {
  if (part.type === 'error') return fail(part.error)
  if (part.type !== 'finish') return null
  const { unified, raw } = part.finishReason
  if (unified === 'error') return malformed('its stream ended with an error')
  // Where a connection is closed in between, the library still says that it is done, but not why.
  return raw === undefined ? cutOff('it ended early').failure : null
}
