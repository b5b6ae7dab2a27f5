import { setTimeout as delay } from 'node:timers/promises'
import type { Dispatcher } from 'undici'
import { toolAgent } from './agent'
import { waitBefore } from './backoff'
import type { HttpAnswer } from './http-answer'
import { sendRequest } from './send-request'

export type HttpCall = {
  url: string
  method: 'POST' | 'PUT' | 'PATCH'
  headers: Record<string, string>
  body: string
  /** For all attempts and the waits between them. */
  timeoutMs: number
  /** The number of retries after a connection error, 502, 503 or 504. */
  retries: number
  maxAnswerBytes?: number
  signal?: AbortSignal | undefined
}

export const DEFAULT_ANSWER_BYTES = 10 * 1024 * 1024

/**
 * Sends one request, and retries it after a connection error, 502, 503 or 504, with random waits that double. It never
 * throws because of the endpoint: it returns how the request ended. Redirects are returned, not followed.
 */
export async function callHttp(call: HttpCall, agent: Dispatcher = toolAgent()): Promise<HttpAnswer> {
  const { signal, maxAnswerBytes = DEFAULT_ANSWER_BYTES } = call
  const endsAt = performance.now() + call.timeoutMs
  for (let attempt = 0; ; attempt += 1) {
    if (signal?.aborted) return { ended: 'aborted' }
    const timeoutMs = attempt === 0 ? call.timeoutMs : endsAt - performance.now()
    const answer = await sendRequest(call, { maxAnswerBytes, timeoutMs }, agent)
    if (answer.ended !== 'unavailable' || attempt >= call.retries) return answer
    const wait = waitBefore(attempt)
    // A wait beyond the timeout would only delay the same result.
    if (performance.now() + wait >= endsAt) return answer
    await delay(wait, undefined, signal ? { signal } : {}).catch(() => undefined)
  }
}
