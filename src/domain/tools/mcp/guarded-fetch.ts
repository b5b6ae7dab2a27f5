import { type Dispatcher, fetch } from 'undici'
import { hideDigitsIn, showDigits } from '../../../platform/kernel/exact-json'
import { EventParser } from '../../../platform/outbound/event-parser'
import type { HttpAnswer } from '../../../platform/outbound/http-answer'
import { failed } from '../../../platform/outbound/send-request'

/** A network fault, in the format of the hub's own HTTP adapter. */
export type Fault = Exclude<HttpAnswer, { ended: 'answered' | 'timeout' | 'aborted' }>

export type FetchSettings = {
  agent: Dispatcher
  /** Ends every request except the one that ends the session. */
  signal: AbortSignal
  mostBytes: number
  /** Called with the fault of a request, and with null when the next one begins. */
  note: (fault: Fault | null) => void
  /** Called when a stream ended without the response to its request: no response will come. */
  onBroken: () => void
}

type Fetch = (url: string | URL, init?: RequestInit) => Promise<Response>

const UNAVAILABLE = new Set([502, 503, 504])
const TO_END_A_SESSION_MS = 5_000

/**
 * A `fetch` for the MCP library that uses the hub's guarded agent: it follows no redirects, limits the bytes of a response,
 * and opens no notification stream.
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
      body: typeof init.body === 'string' ? showDigits(init.body) : null,
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
  // The library's comparison of media types is case-sensitive.
  const type = (headers.get('content-type') ?? '').toLowerCase()
  if (type !== '') headers.set('content-type', type)
  const body = counted(answer.body as unknown as ReadableStream<Uint8Array>, settings)
  const isStream = type.trimStart().startsWith('text/event-stream')
  if (!isStream) return new Response(type.includes('json') ? whole(body) : body, { status, headers })
  return new Response(id === undefined ? body : watched(body, id, settings.onBroken), { status, headers })
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

/** A JSON response whose large integers the library keeps. */
function whole(body: ReadableStream<Uint8Array>): ReadableStream<Uint8Array> {
  return new ReadableStream<Uint8Array>({
    pull: async (controller) => {
      const text = await new Response(body).text()
      controller.enqueue(Buffer.from(hideDigitsIn(text)))
      controller.close()
    },
    cancel: (reason) => body.cancel(reason),
  })
}

/**
 * The messages of a stream in the form that the library reads: a last message without its blank line is completed, empty
 * keep-alives are left out, a batch is split into its messages, and large integers are kept. If a stream ends without the
 * response, the library keeps waiting, because it could resume the stream. The hub never does, so we report it.
 */
function watched(
  body: ReadableStream<Uint8Array>,
  id: unknown,
  onBroken: () => void,
): ReadableStream<Uint8Array> {
  const reader = body.getReader()
  const decoder = new TextDecoder()
  const parser = new EventParser()
  let isAnswered = false
  const written = (messages: string[]) => {
    const told = messages.flatMap(messagesIn)
    isAnswered ||= told.some((data) => answers(data, id))
    return Buffer.from(told.map((data) => `data: ${oneLine(data)}\n\n`).join(''))
  }
  return new ReadableStream<Uint8Array>({
    pull: async (controller) => {
      try {
        const { done, value } = await reader.read()
        // A chunk without a complete message must be passed on too: otherwise the reader does not pull again.
        if (!done) {
          const text = written(parser.feed(decoder.decode(value, { stream: true })))
          return controller.enqueue(text.length > 0 ? text : Buffer.from(':\n'))
        }
        const last = written([parser.end(decoder.decode()) ?? ''])
        if (last.length > 0) controller.enqueue(last)
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

/** The messages of an event: none, one, or those of a batch, as servers of 2025-03-26 may send. */
function messagesIn(event: string): string[] {
  const data = hideDigitsIn(event)
  const message: unknown = parse(data)
  if (Array.isArray(message)) return message.map((one) => JSON.stringify(one))
  return message === null ? [] : [data]
}

const oneLine = (data: string) => data.replaceAll('\n', '\ndata: ')

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
