import { createMcpHandler } from '@modelcontextprotocol/server'
import { loggedMessage } from '../../platform/log/logged-error'
import type { McpCall, McpDeps } from './mcp-call'
import { serverFor } from './server'

/** Messages that one request may carry: a batch is a way of the oldest clients to send a few together. */
const MOST_MESSAGES = 20

/** Whether this body is a batch of more messages than one request may carry. */
export function isTooManyMessages(body: unknown): boolean {
  return Array.isArray(body) && body.length > MOST_MESSAGES
}

/**
 * Answers one request of an MCP client by a server of its own, which knows its caller and nothing else: no session is
 * kept, so any instance can answer the next one. Revisions with and without a handshake are both spoken.
 */
export function answerMcp(
  deps: McpDeps,
  call: McpCall,
  request: Request,
  parsedBody: unknown,
): Promise<Response> {
  const handler = createMcpHandler(() => serverFor(deps, call), {
    // Nothing is ever announced: a stream of changes would only be held open.
    maxSubscriptions: 0,
    onerror: (error) => deps.log.debug({ request_id: call.requestId, reason: loggedMessage(error) }, 'mcp'),
  })
  const { method, signal } = request
  const known = new Request(request.url, { method, signal, headers: readableHeaders(request.headers) })
  return handler.fetch(known, { parsedBody: withArguments(parsedBody) })
}

/**
 * The headers as the library reads them: it compares media types letter by letter, and knows no `*` of a client that takes
 * whatever comes. The body has been read as JSON by now.
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

/** Some clients say `null` where a tool needs no arguments. */
function withArguments(body: unknown): unknown {
  if (Array.isArray(body)) return body.map(withArguments)
  const { method, params } = (body ?? {}) as { method?: unknown; params?: { arguments?: unknown } | null }
  if (method !== 'tools/call' || params?.arguments !== null) return body
  return { ...(body as object), params: { ...params, arguments: {} } }
}
