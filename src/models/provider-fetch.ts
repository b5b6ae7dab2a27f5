import { type Dispatcher, request } from 'undici'
import { toolAgent } from '../tools/agent'
import type { ModelContext } from './adapter'

/** What happened on the wire of one call, whatever the library around it makes of it. */
export type Seen = {
  status: number | null
  headers: Dispatcher.ResponseData['headers']
  /** Why the connection failed or broke. */
  error: unknown
  /** What is wrong with the answer as such. */
  fault: string | null
}

/** A key for libraries that insist on one; it is never sent. */
export const NO_KEY = 'none'

const KEY_HEADERS = ['x-api-key', 'x-goog-api-key', 'authorization']

/**
 * A `fetch` for a provider's library that goes out through the guarded agent: redirects are answers, the answers of
 * a call are limited to `mostBytes` in all, and what was seen is kept, as libraries hide it in errors of their own.
 */
export function providerFetch(
  { requestId, signal, sent }: ModelContext,
  mostBytes: number,
): { fetch: typeof globalThis.fetch; seen: Seen } {
  const seen: Seen = { status: null, headers: {}, error: null, fault: null }
  const limit = { left: mostBytes }
  const send = async (url: unknown, init?: RequestInit): Promise<Response> => {
    try {
      const body = String(init?.body ?? '')
      sent.bytes += Buffer.byteLength(body)
      const answer = await request(String(url), {
        dispatcher: toolAgent(),
        method: 'POST',
        headers: headersOf(init, requestId),
        body,
        signal,
      })
      seen.status = answer.statusCode
      seen.headers = answer.headers
      return toResponse(answer, limit, seen)
    } catch (error) {
      if (seen.fault === null) seen.error = error
      throw error
    }
  }
  return { fetch: send, seen }
}

function headersOf(init: RequestInit | undefined, requestId: string): Record<string, string> {
  const headers = new Headers(init?.headers)
  for (const name of KEY_HEADERS) if (headers.get(name) === NO_KEY) headers.delete(name)
  return {
    ...Object.fromEntries(headers),
    'user-agent': 'joyfull-ui-hub',
    'content-type': 'application/json',
    'x-request-id': requestId,
  }
}

/** Statuses that may have no body, by the rules of `Response`. */
const WITHOUT_BODY = new Set([204, 205, 304])

function toResponse(answer: Dispatcher.ResponseData, limit: { left: number }, seen: Seen): Response {
  const { statusCode, headers, body } = answer
  // Where we close it, the error of that is ours: without a listener it would be one that nobody catches.
  body.on('error', () => undefined)
  if ((headers['content-encoding'] ?? 'identity') !== 'identity') {
    seen.fault = 'its answer is compressed, which was not asked for'
    body.destroy()
    throw new Error(seen.fault)
  }
  const isEmpty = WITHOUT_BODY.has(statusCode)
  if (isEmpty) void body.dump()
  const shown = Object.entries(headers).map(([name, value]): [string, string] => [name, String(value)])
  // 1xx never arrive here; what is no status at all would make `Response` throw.
  const status = statusCode >= 200 && statusCode <= 599 ? statusCode : 502
  return new Response(isEmpty ? null : limited(body, limit, seen), { status, headers: shown })
}

/** The body as a web stream that ends with an error once it is too large, or where the connection breaks. */
function limited(
  body: Dispatcher.ResponseData['body'],
  limit: { left: number },
  seen: Seen,
): ReadableStream<Uint8Array> {
  const chunks = (body as AsyncIterable<Buffer>)[Symbol.asyncIterator]()
  return new ReadableStream<Uint8Array>({
    async pull(controller) {
      try {
        const { done, value } = await chunks.next()
        if (done) return controller.close()
        limit.left -= value.length
        if (limit.left < 0) {
          seen.fault = 'its answer is too large'
          throw new Error(seen.fault)
        }
        controller.enqueue(value)
      } catch (error) {
        if (seen.fault === null) seen.error = error
        body.destroy()
        controller.error(error)
      }
    },
    cancel() {
      body.destroy()
    },
  })
}
