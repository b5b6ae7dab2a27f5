import { type Dispatcher, request } from 'undici'
import { showDigits } from '../../platform/kernel/exact-json'
import { toolAgent } from '../../platform/outbound/agent'
import { type ModelContext, StreamBroken, type StreamFailure, type Target } from './adapter'
import { isCompressed } from './adapters/openai-answer'
import { readProviderAnswer, readProviderEvents, textOf } from './provider-events'
import type { Wire } from './provider-wire'
import { MOST_SAID_BYTES } from './provider-words'

/** What happened on the network during one call, independent of how the library reports it. */
export type Seen = {
  status: number | null
  headers: Dispatcher.ResponseData['headers']
  /** Why the connection failed or broke. */
  error: unknown
  /** Why the response itself is invalid. */
  fault: string | null
  /** The body of a response with an error status. */
  said: string
  /** The provider reported an error within its response, or its stream was cut. */
  broken: StreamFailure | null
}

/** How to read the response of a call; null if only the library reads it. */
export type Reading = { target: Target; wire: Wire; stream: boolean } | null

/** A key for libraries that require one; it is never sent. */
export const NO_KEY = 'none'

const KEY_HEADERS = ['x-api-key', 'x-goog-api-key', 'authorization']

/**
 * A `fetch` for a provider's library that uses the guarded agent. It returns redirects as responses, limits the responses of
 * a call to `mostBytes` in total, and records what it saw, because libraries hide that in their own errors.
 */
export function providerFetch(
  { requestId, signal, sent }: ModelContext,
  mostBytes: number,
  reading: Reading,
): { fetch: typeof globalThis.fetch; seen: Seen } {
  const seen: Seen = { status: null, headers: {}, error: null, fault: null, said: '', broken: null }
  const limit = { left: mostBytes }
  const send = async (url: unknown, init?: RequestInit): Promise<Response> => {
    try {
      const body = showDigits(String(init?.body ?? ''))
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
      return await toResponse(answer, limit, seen, reading)
    } catch (error) {
      if (seen.fault === null && seen.broken === null) seen.error = error
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
    'accept-encoding': 'identity',
    'user-agent': 'joyfull-ui-hub',
    'content-type': 'application/json',
    'x-request-id': requestId,
  }
}

/** Statuses that may have no body, by the rules of `Response`. */
const WITHOUT_BODY = new Set([204, 205, 304])

async function toResponse(
  answer: Dispatcher.ResponseData,
  limit: { left: number },
  seen: Seen,
  reading: Reading,
): Promise<Response> {
  const { statusCode, headers, body } = answer
  // If we close the body, it emits an error. Without a listener that would be an uncaught exception.
  body.on('error', () => undefined)
  if (isCompressed(headers)) {
    seen.fault = 'its answer is compressed, which was not asked for'
    body.destroy()
    throw new Error(seen.fault)
  }
  const isEmpty = WITHOUT_BODY.has(statusCode)
  if (isEmpty) void body.dump()
  const shown = Object.entries(headers).map(([name, value]): [string, string] => [name, String(value)])
  // 1xx never arrive here. An invalid status would make `Response` throw.
  const status = statusCode >= 200 && statusCode <= 599 ? statusCode : 502
  if (isEmpty) return new Response(null, { status, headers: shown })
  if (status >= 300) {
    seen.said = await textOf(limited(body, { left: MOST_SAID_BYTES }, { fault: null })).catch(() => '')
    return new Response(seen.said, { status, headers: shown })
  }
  const bytes = limited(body, limit, seen)
  return new Response(await read(bytes, seen, reading, () => body.destroy()), { status, headers: shown })
}

/** The response for the library. Its faults are recorded, because the library hides them in its own error. */
async function read(
  bytes: AsyncIterable<Uint8Array>,
  seen: Seen,
  reading: Reading,
  close: () => void,
): Promise<ReadableStream<Uint8Array> | string> {
  if (!reading) return toWeb(bytes, seen, close)
  const { wire, target, stream } = reading
  if (stream) return toWeb(asEvents(readProviderEvents(bytes, wire, target)), seen, close)
  try {
    return await readProviderAnswer(bytes, wire, target)
  } catch (error) {
    note(error, seen)
    close()
    throw error
  }
}

async function* asEvents(events: AsyncIterable<string>): AsyncGenerator<Uint8Array> {
  for await (const data of events) yield Buffer.from(`data: ${data.replaceAll('\n', '\ndata: ')}\n\n`)
}

function note(error: unknown, seen: Seen): void {
  if (seen.fault !== null) return
  if (error instanceof StreamBroken) seen.broken = error.failure
  else seen.error = error
}

/** The body up to this many bytes; after that it fails with an error. */
async function* limited(
  body: Dispatcher.ResponseData['body'],
  limit: { left: number },
  seen: Pick<Seen, 'fault'>,
): AsyncGenerator<Uint8Array> {
  for await (const chunk of body as AsyncIterable<Buffer>) {
    limit.left -= chunk.length
    if (limit.left < 0) {
      seen.fault = 'its answer is too large'
      throw new Error(seen.fault)
    }
    yield chunk
  }
}

function toWeb(bytes: AsyncIterable<Uint8Array>, seen: Seen, close: () => void): ReadableStream<Uint8Array> {
  const chunks = bytes[Symbol.asyncIterator]()
  return new ReadableStream<Uint8Array>({
    async pull(controller) {
      try {
        const { done, value } = await chunks.next()
        if (!done) return controller.enqueue(value)
        close()
        controller.close()
      } catch (error) {
        note(error, seen)
        close()
        controller.error(error)
      }
    },
    cancel: close,
  })
}
