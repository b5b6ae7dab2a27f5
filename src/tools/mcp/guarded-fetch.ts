import { createParser } from 'eventsource-parser'
import { type Dispatcher, fetch } from 'undici'
import type { HttpAnswer } from '../http-answer'
import { failed } from '../send-request'

/** What went wrong on the wire, as the hub's own adapter for HTTP would say it. */
export type Fault = Exclude<HttpAnswer, { ended: 'answered' | 'timeout' | 'aborted' }>

export type FetchSettings = {
  agent: Dispatcher
  /** Ends every request but the one that ends the session. */
  signal: AbortSignal
  mostBytes: number
  /** Told what went wrong with a request; null as the next one begins. */
  note: (fault: Fault | null) => void
  /** A stream was over before it held the answer to its request: none will come. */
  onBroken: () => void
}

type Fetch = (url: string | URL, init?: RequestInit) => Promise<Response>

const UNAVAILABLE = new Set([502, 503, 504])
const TO_END_A_SESSION_MS = 5_000

/**
 * A `fetch` for the MCP library that leaves by the hub's guarded agent: redirects are not followed, an answer has its
 * most bytes, and no stream of announcements is opened.
 */
export function guardedFetch(settings: FetchSettings): Fetch {
  return async (url, init = {}) => {
    if (init.method === 'GET') return new Response(null, { status: 405 })
    const isEnd = init.method === 'DELETE'
    const note = isEnd ? () => undefined : settings.note
    note(null)
    const signals = [
      isEnd ? AbortSignal.timeout(TO_END_A_SESSION_MS) : settings.signal,
      init.signal ?? [],
    ].flat()
    const answer = await fetch(url, {
      method: init.method ?? 'POST',
      headers: [...new Headers(init.headers), ['accept-encoding', 'identity']],
      body: typeof init.body === 'string' ? init.body : null,
      redirect: 'manual',
      dispatcher: settings.agent,
      signal: AbortSignal.any(signals),
    }).catch((error: Error) => {
      note(failed(error.cause ?? error) as Fault)
      throw error
    })
    const { status } = answer
    if (status >= 300) {
      const isRedirect = status < 400 && answer.headers.has('location')
      const reason = isRedirect ? `HTTP ${status}: redirects are not followed` : `HTTP ${status}`
      note({ ended: UNAVAILABLE.has(status) ? 'unavailable' : 'bad', reason })
      if (status < 400) {
        await answer.body?.cancel()
        throw new Error(reason)
      }
    }
    return bounded(answer, { ...settings, note }, requestId(init.body))
  }
}

type Answer = Awaited<ReturnType<typeof fetch>>

function bounded(answer: Answer, settings: FetchSettings, id: unknown): Response {
  const { status } = answer
  const headers = new Headers([...answer.headers])
  if (!answer.body || status === 204 || status === 202) {
    void answer.body?.cancel().catch(() => undefined)
    return new Response(null, { status, headers })
  }
  const isStream = /^text\/event-stream/i.test(headers.get('content-type') ?? '')
  const body = counted(answer.body as unknown as ReadableStream<Uint8Array>, settings)
  return new Response(isStream && id !== undefined ? watched(body, id, settings.onBroken) : body, {
    status,
    headers,
  })
}

function counted(
  body: ReadableStream<Uint8Array>,
  { mostBytes, note }: FetchSettings,
): ReadableStream<Uint8Array> {
  const reader = body.getReader()
  let size = 0
  return new ReadableStream<Uint8Array>({
    pull: async (controller) => {
      const { done, value } = await reader.read().catch((error: Error) => {
        note(failed(error.cause ?? error) as Fault)
        throw error
      })
      if (done) return controller.close()
      size += value.length
      if (size <= mostBytes) return controller.enqueue(value)
      note({ ended: 'bad', reason: `its answer has over ${mostBytes} bytes` })
      await reader.cancel()
      throw new Error('too large')
    },
    cancel: (reason) => reader.cancel(reason),
  })
}

/** The library waits on for an answer that a stream ended without: it could be asked for again, which the hub does not. */
function watched(
  body: ReadableStream<Uint8Array>,
  id: unknown,
  onBroken: () => void,
): ReadableStream<Uint8Array> {
  const reader = body.getReader()
  const decoder = new TextDecoder()
  let isAnswered = false
  const parser = createParser({
    onEvent: ({ data }) => {
      isAnswered ||= answers(data, id)
    },
  })
  return new ReadableStream<Uint8Array>({
    pull: async (controller) => {
      try {
        const { done, value } = await reader.read()
        if (!done) {
          parser.feed(decoder.decode(value, { stream: true }))
          return controller.enqueue(value)
        }
        controller.close()
        if (!isAnswered) onBroken()
      } catch (error) {
        if (!isAnswered) onBroken()
        throw error
      }
    },
    cancel: (reason) => reader.cancel(reason),
  })
}

function answers(data: string, id: unknown): boolean {
  const message = parse(data)
  return message?.id === id && (message?.result !== undefined || message?.error !== undefined)
}

/** The id of the request in a body; undefined for a notification. */
function requestId(body: unknown): unknown {
  return typeof body === 'string' ? parse(body)?.id : undefined
}

function parse(text: string): Record<string, unknown> | null {
  try {
    return JSON.parse(text) as Record<string, unknown> | null
  } catch {
    return null
  }
}
