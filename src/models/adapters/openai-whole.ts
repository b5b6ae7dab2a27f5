import { toJson } from '../../exact-json'
import { isEventText } from '../../tools/event-parser'
import { type ModelAnswer, type ModelAsk, StreamBroken, type Target } from '../adapter'
import { toWholeChat, toWholeResponse } from '../gathered'
import { toAnswer } from './openai-answer'
import { readOpenAiEvents } from './openai-events'

/**
 * What a server answered, as the answer of that API; a failure where it is none. A server that sends a stream though none
 * was asked for is read as well.
 */
export async function readWholeAnswer(
  text: string | null,
  ask: ModelAsk,
  target: Target,
  signal: AbortSignal,
): Promise<ModelAnswer> {
  if (text === null || !isEventText(text)) return toAnswer(ask, text, target)
  try {
    const events: Record<string, unknown>[] = []
    for await (const { value } of readOpenAiEvents(bytesOf(text), ask, target, signal)) events.push(value)
    const whole = ask.api === 'responses' ? toWholeResponse(events) : toWholeChat(events)
    return toAnswer(ask, toJson(whole, ...events), target)
  } catch (error) {
    if (error instanceof StreamBroken) return { tryNext: true, ...error.failure }
    throw error
  }
}

async function* bytesOf(text: string): AsyncGenerator<Uint8Array> {
  yield Buffer.from(text)
}
