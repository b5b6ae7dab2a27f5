import type { InterfaceName } from './case'
import { type Read, readEvents } from './event-reader'
import type { Told } from './reference'

// biome-ignore lint/suspicious/noExplicitAny: what is read has the shape that a client trusts it to have.
type Json = Record<string, any>
export type Asked = { path: string; body: Json; headers?: Record<string, string> }
type Interface = { ask: (slug: string, text: string) => Asked; read: (status: number, text: string) => Told }

const BROKEN: Told = { isWhole: false, text: '', reasoning: null, calls: [], isShort: false, usage: null }
const messages = (content: string) => [{ role: 'user', content }]
const EVENTS = { accept: 'text/event-stream' }

/** How each interface is asked, and what its answer says. */
export const interfaces: Record<InterfaceName, Interface> = {
  invoke: {
    ask: (slug, text) => ({
      path: `/api/v1/tools/${slug}/invoke`,
      body: { input: { messages: messages(text) } },
    }),
    read: (status, text) => (status === 200 ? ofOutput(JSON.parse(text).data.output) : BROKEN),
  },
  'invoke as a stream': {
    ask: (slug, text) => ({
      path: `/api/v1/tools/${slug}/invoke`,
      body: { input: { messages: messages(text) } },
      headers: EVENTS,
    }),
    read: (status, text) => {
      const events = status === 200 ? readEvents(text) : []
      const last = events.at(-1)
      if (last?.name !== 'done') return BROKEN
      const pieces = events.filter(({ name }) => name === 'output').map(({ data }) => JSON.parse(data).text)
      const told = ofOutput(JSON.parse(last.data).output)
      return pieces.join('') === told.text ? told : { ...BROKEN, text: 'its pieces are not its text' }
    },
  },
  chat: {
    ask: (model, text) => ({ path: '/v1/chat/completions', body: { model, messages: messages(text) } }),
    read: (status, text) => (status === 200 ? ofCompletion(JSON.parse(text)) : BROKEN),
  },
  'chat as a stream': {
    ask: (model, text) => ({
      path: '/v1/chat/completions',
      body: { model, messages: messages(text), stream: true, stream_options: { include_usage: true } },
    }),
    read: (status, text) => (status === 200 ? ofChunks(readEvents(text)) : BROKEN),
  },
  responses: {
    ask: (model, input) => ({ path: '/v1/responses', body: { model, input } }),
    read: (status, text) => (status === 200 ? ofResponse(JSON.parse(text)) : BROKEN),
  },
  'responses as a stream': {
    ask: (model, input) => ({ path: '/v1/responses', body: { model, input, stream: true } }),
    read: (status, text) => (status === 200 ? ofResponseEvents(readEvents(text)) : BROKEN),
  },
  mcp: {
    ask: (name, text) => ({
      path: '/mcp',
      body: {
        jsonrpc: '2.0',
        id: 1,
        method: 'tools/call',
        params: { name, arguments: { messages: messages(text) } },
      },
      headers: { accept: 'application/json, text/event-stream' },
    }),
    read: (status, text) => {
      if (status !== 200) return BROKEN
      const { result } = JSON.parse(text.startsWith('{') ? text : (readEvents(text)[0]?.data ?? '{}'))
      return result?.isError === false || (result && !result.isError)
        ? ofOutput(result.structuredContent)
        : BROKEN
    },
  },
}

const toCall = ({ id, function: { name, arguments: given } }: Json) => ({
  id,
  name,
  arguments: JSON.parse(given),
})
const toUsage = (usage: Json | null | undefined) =>
  usage
    ? {
        input: usage.prompt_tokens ?? usage.input_tokens,
        output: usage.completion_tokens ?? usage.output_tokens,
      }
    : null

function ofOutput(output: Json): Told {
  return {
    isWhole: true,
    text: output.text,
    reasoning: null,
    calls: (output.tool_calls ?? []).map(toCall),
    isShort: output.finish_reason === 'length',
    usage: null,
  }
}

function ofCompletion({ choices, usage }: Json): Told {
  const { message, finish_reason } = choices[0]
  return {
    isWhole: true,
    text: message.content ?? '',
    reasoning: message.reasoning_content ?? '',
    calls: (message.tool_calls ?? []).map(toCall),
    isShort: finish_reason === 'length',
    usage: toUsage(usage),
  }
}

/** Chunks as OpenAI's clients gather them. */
function ofChunks(events: Read[]): Told {
  if (events.at(-1)?.data !== '[DONE]') return BROKEN
  const told: Told = { ...BROKEN, reasoning: '' }
  const calls: Json[] = []
  for (const { data } of events.slice(0, -1)) {
    const { choices, usage } = JSON.parse(data)
    told.usage = toUsage(usage) ?? told.usage
    const choice = choices[0]
    if (!choice) continue
    told.text += choice.delta?.content ?? ''
    told.reasoning += choice.delta?.reasoning_content ?? ''
    for (const { index, id, function: asked } of choice.delta?.tool_calls ?? []) {
      calls[index] ??= { id, function: { name: asked.name, arguments: '' } }
      calls[index].function.arguments += asked.arguments ?? ''
    }
    if (!choice.finish_reason) continue
    told.isWhole = true
    told.isShort = choice.finish_reason === 'length'
  }
  return { ...told, calls: calls.map(toCall) }
}

function ofResponse({ status, output, usage }: Json): Told {
  if (status !== 'completed' && status !== 'incomplete') return BROKEN
  const told: Told = {
    ...BROKEN,
    calls: [],
    isWhole: true,
    reasoning: '',
    isShort: status === 'incomplete',
    usage: toUsage(usage),
  }
  for (const item of output as Json[]) {
    if (item.type === 'reasoning') told.reasoning += item.summary.map(({ text }: Json) => text).join('')
    if (item.type === 'message') told.text += item.content.map(({ text }: Json) => text).join('')
    if (item.type === 'function_call')
      told.calls.push({ id: item.call_id, name: item.name, arguments: JSON.parse(item.arguments) })
  }
  return told
}

/** The last event holds the whole response; the pieces before it must say the same text. */
function ofResponseEvents(events: Read[]): Told {
  const last = JSON.parse(events.at(-1)?.data ?? '{}')
  if (!/^response\.(completed|incomplete)$/.test(last.type)) return BROKEN
  const named = events.every(({ name, data }) => name === JSON.parse(data).type)
  const numbers = events.map(({ data }) => JSON.parse(data).sequence_number)
  if (!named || numbers.some((number, at) => number !== at))
    return { ...BROKEN, text: 'its events are not in order' }
  const told = ofResponse(last.response)
  const pieces = events
    .map(({ data }) => JSON.parse(data))
    .filter(({ type }) => type === 'response.output_text.delta')
  return pieces.map(({ delta }) => delta).join('') === told.text
    ? told
    : { ...BROKEN, text: 'its pieces are not its text' }
}
