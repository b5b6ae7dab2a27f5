import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'

/** JSON that parses, and that whoever walks through it by recursion does not survive. */
export const DEEP = `${'['.repeat(200_000)}${']'.repeat(200_000)}`

/** The whole answer of each API with something absurdly deep in it, and the pieces of its stream. */
const ANSWERS: Record<string, { whole: string; events: string[] }> = {
  '/chat/completions': {
    whole: `{"id":"1","model":"m","choices":[{"index":0,"message":{"role":"assistant","content":null,"tool_calls":${DEEP}},"finish_reason":"stop"}]}`,
    events: [
      '{"id":"1","choices":[{"index":0,"delta":{"role":"assistant","content":"He"}}]}',
      `{"id":"1","choices":[{"index":0,"delta":{"tool_calls":${DEEP}},"finish_reason":"stop"}]}`,
      '[DONE]',
    ],
  },
  '/responses': {
    whole: `{"id":"r","object":"response","status":"completed","output":[${DEEP}]}`,
    events: [
      '{"type":"response.output_text.delta","delta":"He"}',
      `{"type":"response.completed","response":{"object":"response","output":[${DEEP}]}}`,
    ],
  },
  '/embeddings': { whole: `{"object":"list","data":[{"index":0,"embedding":${DEEP}}]}`, events: [] },
  '/messages': {
    whole: `{"id":"1","type":"message","role":"assistant","model":"m","stop_reason":"tool_use","stop_sequence":null,"usage":{"input_tokens":1,"output_tokens":1},"content":[{"type":"tool_use","id":"t","name":"f","input":{"a":${DEEP}}}]}`,
    events: [
      '{"type":"message_start","message":{"id":"1","type":"message","role":"assistant","model":"m","content":[],"stop_reason":null,"stop_sequence":null,"usage":{"input_tokens":1,"output_tokens":1}}}',
      '{"type":"content_block_start","index":0,"content_block":{"type":"text","text":""}}',
      '{"type":"content_block_delta","index":0,"delta":{"type":"text_delta","text":"He"}}',
      '{"type":"content_block_stop","index":0}',
      `{"type":"content_block_start","index":1,"content_block":{"type":"tool_use","id":"t","name":"f","input":{"a":${DEEP}}}}`,
      '{"type":"content_block_stop","index":1}',
      '{"type":"message_delta","delta":{"stop_reason":"tool_use","stop_sequence":null},"usage":{"input_tokens":1,"output_tokens":1}}',
      '{"type":"message_stop"}',
    ],
  },
}

const GOOGLE = `{"candidates":[{"content":{"role":"model","parts":[{"functionCall":{"name":"f","args":{"a":${DEEP}}}}]},"finishReason":"STOP","index":0}],"usageMetadata":{"promptTokenCount":1,"candidatesTokenCount":1,"totalTokenCount":2}}`

/** A server of the tests' own whose every answer is nested absurdly deep, for each adapter: by the path that it asks. */
export async function startDeepUpstream(): Promise<{ url: string; close: () => Promise<void> }> {
  const server = createServer((request, response) => {
    void answer(request, response).catch(() => response.destroy())
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    close: async () => {
      server.closeAllConnections()
      await new Promise((resolve) => server.close(resolve))
    },
  }
}

async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
  const path = request.url ?? ''
  const chunks: Buffer[] = []
  for await (const chunk of request) chunks.push(chunk as Buffer)
  const text = Buffer.concat(chunks).toString('utf8')
  if (path === '/mcp') return sendJson(response, mcpAnswer(text))
  if (path.includes(':streamGenerateContent')) return sendEvents(response, [GOOGLE])
  if (path.includes(':generateContent')) return sendJson(response, GOOGLE)
  const known = ANSWERS[Object.keys(ANSWERS).find((end) => path.endsWith(end)) ?? '']
  if (!known) return sendJson(response, `{"deep":${DEEP}}`)
  if (/"stream":true/.test(text)) sendEvents(response, known.events)
  else sendJson(response, known.whole)
}

/** The handshake of MCP, then a result or a list that is too deep. */
function mcpAnswer(text: string): string | null {
  const { id, method } = JSON.parse(text || '{}') as { id?: unknown; method?: string }
  if (id === undefined) return null
  const result =
    method === 'initialize'
      ? '{"protocolVersion":"2025-06-18","capabilities":{"tools":{}},"serverInfo":{"name":"deep","version":"1"}}'
      : method === 'tools/list'
        ? `{"tools":[{"name":"deep","description":"","inputSchema":{"type":"object","properties":{"a":{"x":${DEEP}}}}}]}`
        : method === 'tools/call'
          ? `{"content":[],"structuredContent":{"deep":${DEEP}}}`
          : null
  const rest = result === null ? '"error":{"code":-32601,"message":"no"}' : `"result":${result}`
  return `{"jsonrpc":"2.0","id":${JSON.stringify(id)},${rest}}`
}

function sendJson(response: ServerResponse, text: string | null): void {
  if (text === null) return void response.writeHead(202).end()
  response.writeHead(200, { 'content-type': 'application/json' }).end(text)
}

function sendEvents(response: ServerResponse, events: string[]): void {
  response.writeHead(200, { 'content-type': 'text/event-stream' })
  for (const data of events) {
    const type = /^\{"type":"([\w.]+)"/.exec(data)?.[1]
    response.write(`${type ? `event: ${type}\n` : ''}data: ${data}\n\n`)
  }
  response.end()
}
