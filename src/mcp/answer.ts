import { createMcpHandler } from '@modelcontextprotocol/server'
import { type McpCall, type McpRoom, serverFor } from './server'

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
  room: McpRoom,
  call: McpCall,
  request: Request,
  parsedBody: unknown,
): Promise<Response> {
  const handler = createMcpHandler(() => serverFor(room, call), {
    // Nothing is ever announced: a stream of changes would only be held open.
    maxSubscriptions: 0,
    onerror: (error) => room.log.debug({ request_id: call.requestId, reason: error.message }, 'mcp'),
  })
  return handler.fetch(request, { parsedBody })
}
