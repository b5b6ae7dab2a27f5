import { randomBytes } from 'node:crypto'
import type { IncomingMessage } from 'node:http'
import { perProcess } from './process'

/** What the request log learns of a request while Payload answers it, and the id that its answer carries. */
export type RequestContext = { userId: string | null; requestId: string }

type Running = { header: string; byName: Map<string, RequestContext>; named: number }

/** No caller can name this header. */
const running = () =>
  perProcess<Running>('request-context', () => ({
    header: `x-hub-request-${randomBytes(16).toString('hex')}`,
    byName: new Map(),
    named: 0,
  }))

/**
 * A context for one request, which a header of its own leads to wherever Payload or Next takes the request. Not by
 * AsyncLocalStorage: once that is in use, Node before 24 pays for it at every promise of the process, the versioned
 * API's calls included. `end` forgets it.
 */
export function openContext(
  request: IncomingMessage,
  requestId: string,
): { context: RequestContext; end: () => void } {
  const held = running()
  held.named += 1
  const name = String(held.named)
  const context: RequestContext = { userId: null, requestId }
  held.byName.set(name, context)
  request.headers[held.header] = name
  request.rawHeaders.push(held.header, name)
  return { context, end: () => held.byName.delete(name) }
}

/** Notes who is calling, for the log line of the request that came with these headers. */
export function noteCaller(headers: Headers, userId: string): void {
  const context = contextOf(headers)
  if (context) context.userId = userId
}

/** The id of the request that came with these headers; undefined where the hub's own server did not take it. */
export function requestIdOf(headers: Headers): string | undefined {
  return contextOf(headers)?.requestId
}

function contextOf(headers: Headers): RequestContext | undefined {
  const { header, byName } = running()
  return byName.get(headers.get(header) ?? '')
}
