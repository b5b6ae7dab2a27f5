import type { ModelAdapter, ModelAsk, ModelEvent, ModelStream, Target } from '../../src/domain/models/adapter'
import { modelAdapters } from '../../src/domain/models/adapters'
import { nothingSent } from '../../src/domain/models/call-model'

export type Json = Record<string, unknown>
export type ApiName = 'chat' | 'responses' | 'anthropic' | 'google'

const BASE = 'https://provider.example/v1'
export const SECRET = 'sk-planted-of-the-wire-tests'

/** One way to ask a model, and how its provider writes events and whole answers of it. */
export type Kind = {
  adapter: ModelAdapter
  target: Target
  ask: ModelAsk
  /** The events of a text in two pieces, up to but without the end. */
  begin: Json[]
  /** The events that say that the answer is whole, the usage among them. */
  finish: Json[]
  whole: Json
}

const target = (adapter: 'openai' | 'anthropic' | 'google', model: string): Target => ({
  upstream: { name: 'main', adapter, endpoint: BASE, model, share: 1 },
  baseUrl: BASE,
  headers: { authorization: `Bearer ${SECRET}` },
  secrets: [SECRET],
})

export const askOf = (api: ModelAsk['api'], body: Json = {}): ModelAsk => ({
  api,
  body:
    api === 'responses' ? { input: 'Hi', ...body } : { messages: [{ role: 'user', content: 'Hi' }], ...body },
  maxOutputTokens: 100,
})

export const chunk = (delta: Json, finish_reason: string | null = null, index = 0): Json => ({
  id: 'chatcmpl-1',
  object: 'chat.completion.chunk',
  model: 'm',
  choices: [{ index, delta, finish_reason }],
})
const USAGE = { prompt_tokens: 20, completion_tokens: 10, total_tokens: 30 }
const usageChunk: Json = { id: 'chatcmpl-1', object: 'chat.completion.chunk', choices: [], usage: USAGE }

const responseUsage = { input_tokens: 20, output_tokens: 10, total_tokens: 30 }
const output = [
  {
    id: 'msg_1',
    type: 'message',
    role: 'assistant',
    status: 'completed',
    content: [{ type: 'output_text', text: 'Hello.' }],
  },
]
const response = { id: 'resp_1', object: 'response', status: 'completed', output, usage: responseUsage }

const message = { id: 'msg_1', type: 'message', role: 'assistant', model: 'claude-x', stop_sequence: null }
const anthropicUsage = { input_tokens: 20, output_tokens: 10 }
const part = (text: string): Json => ({
  candidates: [{ content: { role: 'model', parts: [{ text }] }, index: 0 }],
})
const usageMetadata = { promptTokenCount: 20, candidatesTokenCount: 10, totalTokenCount: 30 }

export const KINDS: Record<ApiName, Kind> = {
  chat: {
    adapter: modelAdapters.openai,
    target: target('openai', 'm'),
    ask: askOf('chat'),
    begin: [chunk({ role: 'assistant', content: 'Hel' }), chunk({ content: 'lo.' })],
    finish: [chunk({}, 'stop'), usageChunk],
    whole: {
      id: 'chatcmpl-1',
      object: 'chat.completion',
      choices: [{ index: 0, message: { role: 'assistant', content: 'Hello.' }, finish_reason: 'stop' }],
      usage: USAGE,
    },
  },
  responses: {
    adapter: modelAdapters.openai,
    target: target('openai', 'm'),
    ask: askOf('responses'),
    begin: [
      { type: 'response.created', response: { ...response, status: 'in_progress', output: [], usage: null } },
      { type: 'response.output_text.delta', item_id: 'msg_1', delta: 'Hel' },
      { type: 'response.output_text.delta', item_id: 'msg_1', delta: 'lo.' },
    ],
    finish: [{ type: 'response.completed', response }],
    whole: response,
  },
  anthropic: {
    adapter: modelAdapters.anthropic,
    target: target('anthropic', 'claude-sonnet-4-5'),
    ask: askOf('chat'),
    begin: [
      {
        type: 'message_start',
        message: {
          ...message,
          content: [],
          stop_reason: null,
          usage: { ...anthropicUsage, output_tokens: 1 },
        },
      },
      { type: 'content_block_start', index: 0, content_block: { type: 'text', text: '' } },
      { type: 'content_block_delta', index: 0, delta: { type: 'text_delta', text: 'Hel' } },
      { type: 'content_block_delta', index: 0, delta: { type: 'text_delta', text: 'lo.' } },
    ],
    finish: [
      { type: 'content_block_stop', index: 0 },
      {
        type: 'message_delta',
        delta: { stop_reason: 'end_turn', stop_sequence: null },
        usage: anthropicUsage,
      },
    ],
    whole: {
      ...message,
      content: [{ type: 'text', text: 'Hello.' }],
      stop_reason: 'end_turn',
      usage: anthropicUsage,
    },
  },
  google: {
    adapter: modelAdapters.google,
    target: target('google', 'gemini-2.5-flash'),
    ask: askOf('chat'),
    begin: [part('Hel'), part('lo.')],
    finish: [
      {
        candidates: [{ content: { role: 'model', parts: [] }, finishReason: 'STOP', index: 0 }],
        usageMetadata,
      },
    ],
    whole: {
      candidates: [
        { content: { role: 'model', parts: [{ text: 'Hello.' }] }, finishReason: 'STOP', index: 0 },
      ],
      usageMetadata,
    },
  },
}

export const context = (signal: AbortSignal = new AbortController().signal) => ({
  requestId: '0b9a6a3e-6f0e-4c7a-9d3c-0f5d7c1f2a3b',
  signal,
  sent: nothingSent(),
})

export const sse = (events: Json[], end = '\n\n') =>
  events.map((event) => `data: ${JSON.stringify(event)}${end}`).join('')

/** The events of a stream, or what it threw. */
export async function readStream(stream: ModelStream): Promise<{ events: ModelEvent[]; error: unknown }> {
  const events: ModelEvent[] = []
  if (!stream.ok) return { events, error: stream }
  try {
    for await (const event of stream.events) events.push(event)
    return { events, error: null }
  } catch (error) {
    return { events, error }
  }
}

/** The text and the usage of events, in whichever API's shape. */
export function told(events: ModelEvent[]): { text: string; output: unknown } {
  let text = ''
  let output: unknown = null
  for (const { value } of events) {
    const choices = (value.choices ?? []) as { delta?: { content?: string } }[]
    text += choices[0]?.delta?.content ?? ''
    if (value.type === 'response.output_text.delta') text += value.delta
    const usage = (value.usage ?? (value.response as Json | undefined)?.usage) as Json | null | undefined
    if (usage) output = usage.completion_tokens ?? usage.output_tokens
  }
  return { text, output }
}
