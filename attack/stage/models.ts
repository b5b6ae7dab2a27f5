import type { ServerResponse } from 'node:http'
import { setTimeout as sleep } from 'node:timers/promises'
import type { OwnHub, Reply } from '../../tests/support/own-hub'
import { until } from '../../tests/support/until'
import { newAddress, type Tool } from './people'
import { type Received, sendJson } from './scripted'

type Json = Record<string, unknown>

/** How a call was settled, as its row says. */
export type Settled = {
  status: string
  tokens: number
  source: string | null
  error_code: string | null
  input_tokens: number | null
  output_tokens: number | null
}

/** The settled rows of a tool, oldest first, once there are `count` of them. */
export async function settledCalls(own: OwnHub, tool: Tool, count = 1): Promise<Settled[]> {
  const look = async () => {
    const { rows } = await own.database.pool.query<Settled>(
      `select status, tokens_used::float8 as tokens, source, error_code, input_tokens::float8, output_tokens::float8
       from usage_logs where tool_id = $1 and status <> 'pending' order by id`,
      [tool.id],
    )
    return rows.length >= count ? rows : null
  }
  return (await until(`${count} settled calls`, look, 20_000)) as Settled[]
}

/** Calls of a tool that were never settled, and what its callers still hold. */
export async function unsettledCalls(own: OwnHub, tool: Tool): Promise<{ pending: number; held: number }> {
  const { rows } = await own.database.pool.query<{ pending: number; held: number }>(
    `select count(*)::int as pending, coalesce(sum(tokens_held), 0)::float8 as held
     from usage_logs where tool_id = $1 and status = 'pending'`,
    [tool.id],
  )
  return rows[0] ?? { pending: 0, held: 0 }
}

/** A whole chat completion. */
export function completion(usage: Json | null, message: Json = { content: 'Hi' }, more: Json = {}): Json {
  const choice = { index: 0, message: { role: 'assistant', ...message }, finish_reason: 'stop' }
  const about = { id: 'chatcmpl-1', object: 'chat.completion', created: 1_700_000_000, model: 'the-model' }
  return { ...about, choices: [choice], ...(usage ? { usage } : {}), ...more }
}

/** Pieces of a chat's stream, sent one by one. */
export function chatStream(response: ServerResponse) {
  response.writeHead(200, { 'content-type': 'text/event-stream' })
  const about = {
    id: 'chatcmpl-1',
    object: 'chat.completion.chunk',
    created: 1_700_000_000,
    model: 'the-model',
  }
  const send = (value: Json) => response.write(`data: ${JSON.stringify({ ...about, ...value })}\n\n`)
  return {
    piece: (delta: Json, finish_reason: string | null = null) =>
      send({ choices: [{ index: 0, delta, finish_reason }] }),
    usage: (usage: Json) => send({ choices: [], usage }),
    end: () => response.end('data: [DONE]\n\n'),
  }
}

/** Sends a completion with this usage, as a stream where one was asked for. */
export function reporting(usage: Json): (response: ServerResponse, received: Received) => void {
  return (response, { body, path }) => {
    const asked = body as Json
    if (path.endsWith('/embeddings'))
      return sendJson(response, { object: 'list', data: [{ index: 0, embedding: [0.1] }], usage })
    if (asked.stream !== true) return sendJson(response, completion(usage))
    const stream = chatStream(response)
    stream.piece({ role: 'assistant', content: 'Hi' })
    stream.piece({}, 'stop')
    stream.usage(usage)
    stream.end()
  }
}

/** A request to the OpenAI-compatible API, its response read to the end. */
export async function askOpenAi(own: OwnHub, path: string, key: string, body: object): Promise<Reply> {
  return own.ask('POST', `/v1${path}`, { body, headers: { authorization: `Bearer ${key}` } })
}

/** Reads a stream of a chat until it shows `word`, then leaves. Returns what came. */
export async function leaveAt(
  own: OwnHub,
  path: string,
  key: string,
  body: object,
  word: string,
  pauseMs = 0,
): Promise<string> {
  const leaving = new AbortController()
  const response = await fetch(`${own.hub.url}${path}`, {
    method: 'POST',
    headers: {
      'content-type': 'application/json',
      accept: 'text/event-stream',
      authorization: `Bearer ${key}`,
      'x-forwarded-for': newAddress(),
    },
    body: JSON.stringify(body),
    signal: leaving.signal,
  })
  const reader = (response.body as ReadableStream<Uint8Array>).getReader()
  const decoder = new TextDecoder()
  let text = ''
  while (!text.includes(word)) {
    const { done, value } = await reader.read()
    if (done)
      throw new Error(`${response.status}, and the stream ended without ${word}: ${text.slice(0, 300)}`)
    text += decoder.decode(value, { stream: true })
  }
  await sleep(pauseMs)
  leaving.abort()
  return text
}
