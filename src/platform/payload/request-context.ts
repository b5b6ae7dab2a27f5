import { randomBytes } from 'node:crypto'
import type { IncomingMessage } from 'node:http'
import { perProcess } from '../kernel/process'

/** What is known of a request while Payload answers it: its id, and, for the request log, who is calling. */
export type RequestContext = { requestId: string; userId: string | null }

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
  const context: RequestContext = { requestId, userId: null }
  held.byName.set(name, context)
  request.headers[held.header] = name
  request.rawHeaders.push(held.header, name)
  return { context, end: () => held.byName.delete(name) }
}

/** The id of the request that came with these headers, as its answer and its log line have it; null for none. */
export function requestIdOf(headers: Headers): string | null {
  return contextOf(headers)?.requestId ?? null
}

/** Notes who is calling, for the log line of the request that came with these headers. */
export function noteCaller(headers: Headers, userId: string): void {
  const context = contextOf(headers)
  if (context) context.userId = userId
}

function contextOf(headers: Headers): RequestContext | undefined {
  const { header, byName } = running()
  return byName.get(headers.get(header) ?? '')
}
