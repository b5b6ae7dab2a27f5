import { setTimeout as delay } from 'node:timers/promises'
import { type Dispatcher, request } from 'undici'
import { AddressRefused, toolAgent } from './agent'
import { type HttpAnswer, readAnswer } from './http-answer'

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

const DEFAULT_ANSWER_BYTES = 10 * 1024 * 1024
const FIRST_WAIT_MS = 100
const LONGEST_WAIT_MS = 5_000

class TimedOut extends Error {}

/**
 * Sends one request, again after a connection error, 502, 503 or 504, with waits that double and vary. It
 * never throws for what the endpoint does: how it ended is the answer. Redirects are answers, not followed.
 */
export async function callHttp(call: HttpCall, agent: Dispatcher = toolAgent()): Promise<HttpAnswer> {
  const { signal, stop } = timeLimit(call)
  const endsAt = performance.now() + call.timeoutMs
  try {
    for (let attempt = 0; ; attempt += 1) {
      const answer = await tryOnce(call, agent, signal)
      if (answer.ended !== 'unavailable' || attempt >= call.retries) return answer
      const wait = waitBefore(attempt)
      // A wait that the time does not allow for would only make the caller wait for the same answer.
      if (performance.now() + wait >= endsAt) return answer
      await delay(wait, undefined, { signal }).catch(() => undefined)
      if (signal.aborted) return cutOff(signal)
    }
  } finally {
    stop()
  }
}

async function tryOnce(call: HttpCall, agent: Dispatcher, signal: AbortSignal): Promise<HttpAnswer> {
  if (signal.aborted) return cutOff(signal)
  try {
    const { url, method, headers, body } = call
    const response = await request(url, { dispatcher: agent, method, headers, body, signal })
    return await readAnswer(response, call.maxAnswerBytes ?? DEFAULT_ANSWER_BYTES)
  } catch (error) {
    return signal.aborted ? cutOff(signal) : failed(error)
  }
}

/** The reason is a code, never the error's text: that may hold the address with what an admin put in it. */
function failed(error: unknown): HttpAnswer {
  if (error instanceof AddressRefused) return { ended: 'refused', reason: 'its address may not be called' }
  const { code, name } = error as { code?: unknown; name?: string }
  const reason = typeof code === 'string' ? code : (name ?? 'error')
  const isNoHttp = reason.startsWith('HPE_') || reason === 'UND_ERR_HEADERS_OVERFLOW'
  const isOurs = reason === 'UND_ERR_INVALID_ARG'
  return isNoHttp || isOurs ? { ended: 'bad', reason } : { ended: 'unavailable', reason }
}

function cutOff(signal: AbortSignal): HttpAnswer {
  return signal.reason instanceof TimedOut ? { ended: 'timeout' } : { ended: 'aborted' }
}

/** One signal for the time that is allowed and for the caller's own abort. `stop` lets both go. */
function timeLimit(call: HttpCall): { signal: AbortSignal; stop: () => void } {
  const controller = new AbortController()
  const timer = setTimeout(() => controller.abort(new TimedOut()), call.timeoutMs)
  const abort = () => controller.abort()
  if (call.signal?.aborted) abort()
  call.signal?.addEventListener('abort', abort, { once: true })
  const stop = () => {
    clearTimeout(timer)
    call.signal?.removeEventListener('abort', abort)
  }
  return { signal: controller.signal, stop }
}

/** 100 ms, doubled each time up to 5 s; a random half of it, so that callers do not come back together. */
function waitBefore(attempt: number): number {
  const full = Math.min(FIRST_WAIT_MS * 2 ** attempt, LONGEST_WAIT_MS)
  return full / 2 + (Math.random() * full) / 2
}
