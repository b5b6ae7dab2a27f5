import { randomBytes } from 'node:crypto'
import type { IncomingMessage } from 'node:http'
import { perProcess } from '../kernel/process'

/** What is known about a request while Payload handles it: its id and, for the request log, its caller. */
export type RequestContext = { requestId: string; userId: string | null }

type Running = { header: string; byName: Map<string, RequestContext>; named: number }

/** The name of this header is secret, so no caller can send it. */
const running = () =>
  perProcess<Running>('request-context', () => ({
    header: `x-hub-request-${randomBytes(16).toString('hex')}`,
    byName: new Map(),
    named: 0,
  }))

/**
 * A context for one request. A secret header identifies it wherever Payload or Next passes the request. We do not use
 * AsyncLocalStorage: before version 24, Node then pays for it at every promise of the process, also for calls of the
 * versioned API. `end` removes the context.
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

/** The id of the request with these headers, as in its response and its log line; null if there is none. */
export function requestIdOf(headers: Headers): string | null {
  return contextOf(headers)?.requestId ?? null
}

/** Records the caller, for the log line of the request with these headers. */
export function noteCaller(headers: Headers, userId: string): void {
  const context = contextOf(headers)
  if (context) context.userId = userId
}

function contextOf(headers: Headers): RequestContext | undefined {
  const { header, byName } = running()
  return byName.get(headers.get(header) ?? '')
}
