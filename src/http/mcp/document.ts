import { z } from '@hono/zod-openapi'
import { Failure } from '../kit/common-schemas'
import type { Registry } from '../kit/registry'

const Message = z
  .looseObject({ jsonrpc: z.literal('2.0'), method: z.string().optional() })
  .openapi('McpMessage', { example: { jsonrpc: '2.0', id: 1, method: 'tools/list' } })

/** The protocol's earlier revisions allow several messages at once. */
const Messages = z.union([Message, z.array(Message).max(20)])

const REFUSALS: Record<number, string> = {
  400: 'The body is no JSON-RPC message.',
  401: 'No valid API key or access token; `WWW-Authenticate` says what is wanted.',
  403: 'A page of another origin may not call the hub.',
  413: 'The body is too large.',
  415: 'The body is not JSON.',
  500: 'A failure of the hub itself; the log has it under the request id.',
  503: 'Not available at the moment; try again later.',
}

/** Adds the MCP endpoint to the document. */
export function describeMcp(registry: Registry): void {
  const refusal = { 'application/json': { schema: Failure } }
  registry.app.openAPIRegistry.registerPath({
    method: 'post',
    path: '/mcp',
    operationId: 'mcp',
    tags: ['MCP'],
    summary: 'The Model Context Protocol, Streamable HTTP',
    description:
      'Stateless: any instance answers any request. `tools/list` shows the tools that the plan opens, `tools/call` is an invocation; refusals are tool errors.',
    security: [{ apiKeyAsBearer: [] }, { accessToken: [] }],
    request: { body: { required: true, content: { 'application/json': { schema: Messages } } } },
    responses: {
      200: {
        description: 'The answer of the protocol.',
        content: {
          'application/json': { schema: Messages },
          'text/event-stream': { schema: z.string() },
        },
      },
      202: { description: 'A notification was taken.' },
      ...Object.fromEntries(
        Object.entries(REFUSALS).map(([status, description]) => [status, { description, content: refusal }]),
      ),
    },
  })
}
