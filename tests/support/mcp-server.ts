import { createServer, type IncomingMessage } from 'node:http'
import type { AddressInfo } from 'node:net'
import { setTimeout as sleep } from 'node:timers/promises'
import { Server } from '@modelcontextprotocol/sdk/server/index.js'
import { StreamableHTTPServerTransport } from '@modelcontextprotocol/sdk/server/streamableHttp.js'
import { CallToolRequestSchema, ListToolsRequestSchema } from '@modelcontextprotocol/sdk/types.js'

export interface McpUpstream {
  url: string
  /** What its tools say of themselves; a test may change it. */
  tools: {
    name: string
    title?: string
    description: string
    inputSchema: { type: 'object'; [key: string]: unknown }
  }[]
  headers: () => IncomingMessage['headers'][]
  close: () => Promise<void>
}

const NUMBERS = { type: 'object' as const, properties: { a: { type: 'number' }, b: { type: 'number' } } }

/** An MCP server of the tests' own, made with the official SDK: `add`, `say`, `fail`, `slow`, and a door that is shut at `/shut`. */
export async function startMcpUpstream(): Promise<McpUpstream> {
  const headers: IncomingMessage['headers'][] = []
  const tools: McpUpstream['tools'] = [
    { name: 'add', description: 'Adds two numbers.', inputSchema: { ...NUMBERS, required: ['a', 'b'] } },
    { name: 'say', description: 'Says it as text.', inputSchema: { type: 'object' } },
    { name: 'fail', description: 'Fails.', inputSchema: { type: 'object' } },
    { name: 'slow', description: 'Takes five seconds.', inputSchema: { type: 'object' } },
  ]
  const http = createServer(async (request, response) => {
    headers.push(request.headers)
    if (request.url === '/shut') return void response.writeHead(503).end()
    const server = serverOf(tools)
    const transport = new StreamableHTTPServerTransport({ sessionIdGenerator: undefined })
    response.once('close', () => void server.close())
    await server.connect(transport as unknown as Parameters<typeof server.connect>[0])
    await transport.handleRequest(request, response)
  })
  await new Promise<void>((resolve) => http.listen(0, '127.0.0.1', resolve))
  return {
    url: `http://127.0.0.1:${(http.address() as AddressInfo).port}`,
    tools,
    headers: () => headers,
    close: async () => {
      http.closeAllConnections()
      await new Promise((resolve) => http.close(resolve))
    },
  }
}

function serverOf(tools: McpUpstream['tools']): Server {
  const server = new Server({ name: 'tests', version: '1.0.0' }, { capabilities: { tools: {} } })
  server.setRequestHandler(ListToolsRequestSchema, async () => ({ tools }))
  server.setRequestHandler(CallToolRequestSchema, async ({ params }) => {
    const { a, b } = (params.arguments ?? {}) as { a?: number; b?: number }
    if (params.name === 'fail') return { isError: true, content: [{ type: 'text', text: 'it broke' }] }
    if (params.name === 'slow') await sleep(5_000, undefined, { ref: false })
    if (params.name === 'say') return { content: [{ type: 'text', text: 'hello' }] }
    const sum = (a ?? 0) + (b ?? 0)
    return {
      content: [{ type: 'text', text: String(sum) }],
      structuredContent: { sum, usage: { total_tokens: 9 } },
    }
  })
  return server
}
