import type { ServerResponse } from 'node:http'
import type { OwnHub, Reply } from '../../tests/support/own-hub'
import { until } from '../../tests/support/until'
import { type Finding, Probes, type Row } from '../row'
import { askOpenAi, chatStream, completion, unsettledCalls } from '../stage/models'
import { type Caller, invoke, newCaller, newModel, newTool, type Tool } from '../stage/people'
import { type Received, type Scripted, sendJson } from '../stage/scripted'

const LEVELS = 200_000

/** Whatever an upstream sends, the call is settled, nothing stays held, and the caller gets an error that says so. */
export const deepAnswers: Row = {
  number: 'A14',
  title: 'A deeply nested answer leaves its call unsettled',
  tried: 'answers of tools, models and MCP servers with 200,000 brackets, wherever they may stand',
  run: async (stage) => {
    const own = await stage.hub('development')
    const caller = await newCaller(own)
    const probes = new Probes()
    const place = { own, caller, upstream: stage.upstream }
    for (const [what, { send, more }] of Object.entries(models))
      for (const [how, ask] of Object.entries(interfaces))
        await probes.play(`${what}, through ${how}`, () => settles(place, what, send, more, ask))
    await probes.play("an http tool's output", () => httpTool(place, `{"text": ${nested('[', ']')}}`))
    await probes.play("an http tool's output of objects", () =>
      httpTool(place, `{"text": ${nested('{"a":', '}', '1')}}`),
    )
    await probes.play("an http tool's error", () => httpTool(place, `{"error": ${nested('[', ']')}}`, 500))
    await probes.play("an MCP server's answer", () => mcpTool(place))
    return probes.list
  },
}

type Place = { own: OwnHub; caller: Caller; upstream: Scripted }
type Send = (response: ServerResponse, received: Received) => void

const nested = (open: string, close: string, inner = '') => open.repeat(LEVELS) + inner + close.repeat(LEVELS)
const DEEP = '"@deep"'
const USAGE = { prompt_tokens: 3, completion_tokens: 1, total_tokens: 4 }

/** A value as JSON text in which `@deep` is replaced by brackets. */
const withDeep = (value: object, deep = nested('[', ']')) => JSON.stringify(value).replace(DEEP, () => deep)

/** The message as it is, or as the one piece of a stream. */
const sendMessage =
  (message: object, deep?: string): Send =>
  (response, { body }) => {
    const isStream = (body as { stream?: boolean }).stream === true
    if (!isStream)
      return sendJson(response, withDeep(completion(USAGE, message as Record<string, unknown>), deep))
    const stream = chatStream(response)
    stream.piece({ role: 'assistant', content: 'Hi' })
    response.write(
      `data: ${withDeep({ choices: [{ index: 0, delta: message, finish_reason: null }] }, deep)}\n\n`,
    )
    stream.piece({}, 'tool_calls')
    stream.usage(USAGE)
    stream.end()
  }

const call = (more: object) => ({ id: 'call_1', type: 'function', ...more })

const models: Record<string, { send: Send; more?: Record<string, unknown> }> = {
  tool_calls: { send: sendMessage({ content: null, tool_calls: '@deep' }) },
  'tool_calls of objects': {
    send: sendMessage({ content: null, tool_calls: ['@deep'] }, nested('{"a":', '}', '1')),
  },
  'arguments of a call': {
    send: sendMessage({ content: null, tool_calls: [call({ function: { name: 'f', arguments: '@deep' } })] }),
  },
  'arguments as text': {
    send: sendMessage({
      content: null,
      tool_calls: [call({ function: { name: 'f', arguments: nested('[', ']') } })],
    }),
  },
  content: { send: sendMessage({ content: '@deep' }) },
  'a field that nobody knows': { send: sendMessage({ content: 'Hi', x_unknown: '@deep' }) },
  'its usage': {
    send: (response) => sendJson(response, withDeep(completion({ ...USAGE, details: '@deep' }))),
  },
  'its error': { send: (response) => sendJson(response, withDeep({ error: { message: '@deep' } }), 400) },
  "Anthropic's input of a tool": {
    send: (response) => {
      const content = [{ type: 'tool_use', id: 'toolu_1', name: 'f', input: '@deep' }]
      const about = { id: 'msg_1', type: 'message', role: 'assistant', model: 'm', stop_reason: 'tool_use' }
      sendJson(response, withDeep({ ...about, content, usage: { input_tokens: 3, output_tokens: 1 } }))
    },
    more: { adapter: 'anthropic' },
  },
  "Google's arguments of a call": {
    send: (response) => {
      const parts = [{ functionCall: { name: 'f', args: '@deep' } }]
      const candidates = [{ content: { role: 'model', parts }, finishReason: 'STOP', index: 0 }]
      sendJson(
        response,
        withDeep({ candidates, usageMetadata: { promptTokenCount: 3, candidatesTokenCount: 1 } }),
      )
    },
    more: { adapter: 'google' },
  },
}

type Ask = (place: Place, tool: Tool) => Promise<Reply>

const messages = [{ role: 'user', content: 'Hi' }]

const interfaces: Record<string, Ask> = {
  'an invocation': ({ own, caller }, tool) => invoke(own, tool, caller, { messages }),
  'a chat': ({ own, caller }, tool) =>
    askOpenAi(own, '/chat/completions', caller.key, { model: tool.slug, messages }),
  'a chat as a stream': ({ own, caller }, tool) =>
    askOpenAi(own, '/chat/completions', caller.key, { model: tool.slug, messages, stream: true }),
  'a response': ({ own, caller }, tool) =>
    askOpenAi(own, '/responses', caller.key, { model: tool.slug, input: 'Hi' }),
}

async function settles(
  place: Place,
  what: string,
  send: Send,
  more: object | undefined,
  ask: Ask,
): Promise<Finding> {
  const base = place.upstream.on(`deep-${what.replace(/\W+/g, '-')}`, send)
  const tool = await newModel(place.own, base, { ...more })
  return afterwards(place.own, tool, await ask(place, tool))
}

async function httpTool({ own, caller, upstream }: Place, text: string, status = 200): Promise<Finding> {
  const tool = await newTool(
    own,
    upstream.on('deep-http', (response) => sendJson(response, text, status)),
  )
  return afterwards(own, tool, await invoke(own, tool, caller, { text: 'x' }))
}

/** An MCP server by hand: no official one would send this. */
async function mcpTool({ own, caller, upstream }: Place): Promise<Finding> {
  const base = upstream.on('deep-mcp', (response, { body }) => {
    const { id, method } = body as { id?: number; method?: string }
    if (id === undefined) return void response.writeHead(202).end()
    const server = {
      protocolVersion: '2025-06-18',
      capabilities: { tools: {} },
      serverInfo: { name: 's', version: '1' },
    }
    const deep = { content: [{ type: 'text', text: 'x' }], structuredContent: { a: '@deep' } }
    const known: Record<string, object> = {
      initialize: server,
      'tools/list': { tools: [{ name: 'deep', inputSchema: { type: 'object' } }] },
      'tools/call': deep,
    }
    sendJson(response, withDeep({ jsonrpc: '2.0', id, result: known[method ?? ''] ?? {} }))
  })
  const tool = await newTool(own, base, { adapter: 'mcp', remote_tool: 'deep' })
  return afterwards(own, tool, await invoke(own, tool, caller, { text: 'x' }))
}

/** No 500, no call that is still pending, nothing held. */
async function afterwards(own: OwnHub, tool: Tool, answer: Reply): Promise<Finding> {
  const isSettled = async () => (await unsettledCalls(own, tool)).pending === 0
  await until('the settlement', isSettled, 2_000).catch(() => undefined)
  const { pending, held } = await unsettledCalls(own, tool)
  const isInternal = answer.status === 500 || /"code":"(INTERNAL|internal)/.test(answer.text)
  return {
    held: !isInternal && pending === 0,
    seen: `${answer.status}${isInternal ? ' (internal)' : ''}, ${pending} calls unsettled with ${held} tokens held`,
  }
}
