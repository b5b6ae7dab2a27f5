import { type Case, toWire } from './case'
import type { McpServer } from './mcp-answer'
import type { Sent } from './style'
import { httpResponse } from './wire-http'
import { type McpRequest, mcpGreeting, mcpResponse } from './wire-mcp'

export type Request = { method: string; path: string; body: string }

/** What the provider, endpoint or MCP server of a case answers to a request of the hub. */
export function respond({ method, path, body }: Request, caseOf: (number: number) => Case): Sent {
  const [, adapter, server] = path.split('/')
  if (adapter === 'mcp')
    return respondMcp(decodeURIComponent(server ?? '') as McpServer, { method, body }, caseOf)
  const one = caseOf(caseNumberIn(body))
  if (one.adapter === 'http') return httpResponse(one.answer, one.style, one.cutAfter)
  if (one.adapter === 'mcp') throw new Error('the case of an MCP server came to a provider')
  return toWire(one, asksForStream(path, body))
}

function respondMcp(
  server: McpServer,
  { method, body }: { method: string; body: string },
  caseOf: (number: number) => Case,
): Sent {
  // The end of a session.
  if (method === 'DELETE') return { status: 200, headers: {}, chunks: [] }
  const request = JSON.parse(body) as McpRequest
  if (request.method !== 'tools/call' || request.id === undefined) return mcpGreeting(server, request)
  const one = caseOf(caseNumberIn(body))
  if (one.adapter !== 'mcp') throw new Error('the case of another adapter came to an MCP server')
  return mcpResponse(one.answer, one, request.id)
}

/** Whether the hub asked this provider for a stream, by the request that it sent. */
function asksForStream(path: string, body: string): boolean {
  return path.includes('streamGenerateContent') || JSON.parse(body).stream === true
}

/** The number of the case that a request is about: it stands in what was asked. */
function caseNumberIn(body: string): number {
  return Number(/case-(\d+)-/.exec(body)?.[1] ?? Number.NaN)
}
