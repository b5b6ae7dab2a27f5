import type { LanguageModelV3StreamPart } from '@ai-sdk/provider'
import { badResponse, type ToolFailure } from '../tools/adapters/adapter'
import { type ModelEvent, type ModelStream, StreamBroken } from './adapter'
import { failureOf } from './provider-failures'
import type { Seen } from './provider-fetch'
import type { AnswerName } from './translate-result'
import { ChunkWriter } from './translate-stream'

export type Begun = {
  stream: ReadableStream<LanguageModelV3StreamPart>
  seen: Seen
  signal: AbortSignal
  /** Ends the call of the upstream. */
  stop: () => void
  name: AnswerName
}

/**
 * Waits for the first event, as a stream that fails before it has given nothing to anybody and another upstream may
 * be tried. What goes wrong later is a `StreamBroken`.
 */
export async function beginStream(begun: Begun): Promise<ModelStream> {
  const events = eventsOf(begun)
  try {
    const first = await events.next()
    return { ok: true, events: withFirst(first, events) }
  } catch (error) {
    if (error instanceof StreamBroken) return { tryNext: true, ...error.failure }
    throw error
  }
}

async function* withFirst(
  first: IteratorResult<ModelEvent>,
  rest: AsyncGenerator<ModelEvent>,
): AsyncGenerator<ModelEvent> {
  try {
    if (first.done) return
    yield first.value
    yield* rest
  } finally {
    // Where the reader leaves at the first event, the rest has to be told.
    await rest.return(undefined)
  }
}

async function* eventsOf({ stream, seen, signal, stop, name }: Begun): AsyncGenerator<ModelEvent> {
  const writer = new ChunkWriter(name)
  const reader = stream.getReader()
  let isComplete = false
  try {
    for (;;) {
      const { done, value: part } = await reader.read()
      if (done) break
      const failure = failureIn(part, seen, signal)
      if (failure) throw new StreamBroken(failure)
      yield* writer.write(part)
      if (part.type === 'finish') isComplete = true
    }
    if (!isComplete) throw new StreamBroken(badResponse('its stream ended before its end'))
  } catch (error) {
    throw error instanceof StreamBroken ? error : new StreamBroken(failureOf(error, seen, signal))
  } finally {
    stop()
  }
}

function failureIn(part: LanguageModelV3StreamPart, seen: Seen, signal: AbortSignal): ToolFailure | null {
  if (part.type === 'error') return failureOf(part.error, seen, signal)
  if (part.type !== 'finish') return null
  const { unified, raw } = part.finishReason
  if (unified === 'error') return badResponse('its answer ended with an error')
  // Where a connection is closed in between, the library still says that it is done, but not why.
  return raw === undefined ? badResponse('its stream ended before its end') : null
}
