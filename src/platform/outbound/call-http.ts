import { setTimeout as delay } from 'node:timers/promises'
import type { Dispatcher } from 'undici'
import { toolAgent } from './agent'
import type { HttpAnswer } from './http-answer'
import { sendRequest } from './send-request'

export type HttpCall = {
  url: string
  method: 'POST' | 'PUT' | 'PATCH'
  headers: Record<string, string>
  body: string
  /** For all tries and the waits between them. */
  timeoutMs: number
  /** How often it is tried again after a connection error, 502, 503 or 504. */
  retries: number
  maxAnswerBytes?: number
  signal?: AbortSignal | undefined
}

export const DEFAULT_ANSWER_BYTES = 10 * 1024 * 1024
const FIRST_WAIT_MS = 100
const LONGEST_WAIT_MS = 5_000

/**
 * Sends one request, again after a connection error, 502, 503 or 504, with waits that double and vary. It
 * never throws for what the endpoint does: how it ended is the answer. Redirects are answers, not followed.
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
    // A wait that the time does not allow for would only make the caller wait for the same answer.
    if (performance.now() + wait >= endsAt) return answer
    await delay(wait, undefined, signal ? { signal } : {}).catch(() => undefined)
  }
}

/** 100 ms, doubled each time up to 5 s; a random half of it, so that callers do not come back together. */
export function waitBefore(attempt: number): number {
  const full = Math.min(FIRST_WAIT_MS * 2 ** attempt, LONGEST_WAIT_MS)
  return full / 2 + (Math.random() * full) / 2
}
