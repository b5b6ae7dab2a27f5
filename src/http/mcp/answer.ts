import { createMcpHandler } from '@modelcontextprotocol/server'
import { loggedMessage } from '../../platform/log/logged-error'
import type { McpCall, McpDeps } from './mcp-call'
import { serverFor } from './server'

/** The maximum messages of one request. Only the oldest clients send several messages in a batch. */
const MOST_MESSAGES = 20

/** Whether this body is a batch with too many messages. */
export function isTooManyMessages(body: unknown): boolean {
  return Array.isArray(body) && body.length > MOST_MESSAGES
}

/**
 * Handles one request of an MCP client with a new server, which knows only its caller. There is no session, so any instance
 * can handle the next request. Revisions with and without a handshake are supported.
 */
export function answerMcp(
  deps: McpDeps,
  call: McpCall,
  request: Request,
  parsedBody: unknown,
): Promise<Response> {
  const handler = createMcpHandler(() => serverFor(deps, call), {
    // The hub never sends notifications, so a subscription would only keep a stream open.
    maxSubscriptions: 0,
    onerror: (error) => deps.log.debug({ request_id: call.requestId, reason: loggedMessage(error) }, 'mcp'),
  })
  const { method, signal } = request
  const known = new Request(request.url, { method, signal, headers: readableHeaders(request.headers) })
  return handler.fetch(known, { parsedBody: withArguments(parsedBody) })
}

/**
 * The headers in the form that the library reads: its comparison of media types is case-sensitive, and it does not know the
 * wildcard of a client that accepts everything. The body was already parsed as JSON.
 */
function readableHeaders(given: Headers): Headers {
  const headers = new Headers(given)
  headers.set('content-type', 'application/json')
  headers.delete('content-length')
  const accept = (given.get('accept') || '*/*').toLowerCase()
  const takesAll = accept.split(',').some((range) => /^\s*(?:\*|application|text)\/\*/.test(range))
  headers.set('accept', takesAll ? 'application/json, text/event-stream' : accept)
  return headers
}

/** Some clients send `null` if a tool needs no arguments. */
function withArguments(body: unknown): unknown {
  if (Array.isArray(body)) return body.map(withArguments)
  const { method, params } = (body ?? {}) as { method?: unknown; params?: { arguments?: unknown } | null }
  if (method !== 'tools/call' || params?.arguments !== null) return body
  return { ...(body as object), params: { ...params, arguments: {} } }
}
