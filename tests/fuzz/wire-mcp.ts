import { toAnyJson } from './json-text'
import type { ObjectValue, Value } from './json-value'
import type { McpAnswer, McpServer } from './mcp-answer'
import { type Sent, type Style, toChunks, toEventStream } from './style'

/** A request of a client, as its body has it. A notification has no id, a response no method. */
export type McpRequest = { id?: string | number; method?: string }

const TYPES = ['application/json', 'application/json; charset=utf-8', 'Application/JSON']
const json = (value: Value, headers: Record<string, string> = {}, status = 200): Sent => ({
  status,
  headers: { 'content-type': 'application/json', ...headers },
  chunks: [Buffer.from(JSON.stringify(value))],
})
const about = { name: 'a server', version: '1.0.0' }
const capabilities = { tools: { listChanged: true }, logging: {} }

/** What a server of MCP says before it is asked for anything: which revisions it speaks, and that it is there. */
export function mcpGreeting(server: McpServer, { id, method }: McpRequest): Sent {
  if (id === undefined || method === undefined) return { status: 202, headers: {}, chunks: [] }
  const answer = (result: ObjectValue) => ({ jsonrpc: '2.0', id, result })
  if (method === 'initialize') {
    const protocolVersion = server === 'sessions' ? '2025-11-25' : server
    const hello = answer({ protocolVersion, capabilities, serverInfo: about })
    if (server !== 'sessions') return json(hello)
    const headers = { 'content-type': 'text/event-stream', 'mcp-session-id': 'session-1' }
    return {
      status: 200,
      headers,
      chunks: [Buffer.from(`id: 1\ndata:\n\ndata: ${JSON.stringify(hello)}\n\n`)],
    }
  }
  const known = answer({
    resultType: 'complete',
    supportedVersions: ['2026-07-28'],
    capabilities,
    serverInfo: about,
    ttlMs: 1_000,
    cacheScope: 'public',
  })
  if (server === '2026-07-28' && method === 'server/discover') return json(known)
  const unknown = { jsonrpc: '2.0', id, error: { code: -32601, message: 'There is no such method.' } }
  return json(unknown, {}, server === '2025-06-18' ? 200 : 400)
}

/** What it answers to a call of a tool. */
export function mcpResponse(
  answer: McpAnswer,
  { style, cutAfter }: { style: Style; cutAfter: number | null },
  id: string | number,
): Sent {
  const messages: Value[] = [...answer.before.map(toMessage), { jsonrpc: '2.0', id, ...outcomeOf(answer) }]
  const texts = (answer.isBatch ? [messages] : messages).map((message) => toAnyJson(message, style))
  const last = texts.pop() as string
  const half = last.slice(0, Math.floor(last.length / 2))
  if (answer.form === 'json') {
    const text = (style.bom ? '\ufeff' : '') + (cutAfter === null ? last : half)
    const headers = { 'content-type': TYPES[style.seed % TYPES.length] as string }
    return { status: 200, headers, chunks: toChunks(text, style) }
  }
  // A stream that ends before its answer, or within it.
  const told = cutAfter === null ? [...texts, last] : cutAfter === 1 ? texts : [...texts, half]
  const name = style.repeatsNames ? 'message' : undefined
  const stream = toEventStream(
    told.map((data) => ({ name, data })),
    style,
  )
  return { status: 200, headers: { 'content-type': style.contentType }, chunks: toChunks(stream, style) }
}

function outcomeOf({ server, value, blocks, error, isErrorSaid, meta }: McpAnswer): ObjectValue {
  if (error === 'of the protocol')
    return { error: { code: -32602, message: 'Not these arguments.', data: blocks } }
  return {
    result: {
      content: blocks,
      ...(value === null ? {} : { structuredContent: value.is }),
      ...(error === 'of the tool' ? { isError: true } : isErrorSaid ? { isError: false } : {}),
      ...(meta === null ? {} : { _meta: meta }),
      ...(server === '2026-07-28' ? { resultType: 'complete' } : {}),
    },
  }
}

function toMessage(kind: McpAnswer['before'][number], at: number): ObjectValue {
  const jsonrpc = '2.0'
  switch (kind) {
    case 'log':
      return { jsonrpc, method: 'notifications/message', params: { level: 'info', data: { n: at } } }
    case 'progress':
      return {
        jsonrpc,
        method: 'notifications/progress',
        params: { progressToken: 'a', progress: at, total: 9 },
      }
    case 'changed':
      return { jsonrpc, method: 'notifications/tools/list_changed' }
    case 'ping':
      // Its ids are its own: some are those of the hub's requests as well.
      return { jsonrpc, id: at === 0 ? 'ping' : at, method: 'ping' }
  }
}
