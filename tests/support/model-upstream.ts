import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { setTimeout as sleep } from 'node:timers/promises'
import { streamInterleaved, streamWholeCalls } from './model-calls'

type Json = Record<string, unknown>

export interface ModelUpstream {
  url: string
  /** What was sent to this behaviour (the first part of the path), the newest last. */
  seen: (behaviour: string) => { body: Json; headers: IncomingMessage['headers']; path: string }[]
  /** How many of its streams and answers were ended by the other side before they were complete. */
  left: (behaviour: string) => number
  close: () => Promise<void>
}

/** The words that every answer is made of. */
export const WORDS = ['The ', 'quick ', 'brown ', 'fox ', 'jumps.']
export const USAGE = {
  prompt_tokens: 20,
  completion_tokens: 10,
  total_tokens: 30,
  prompt_tokens_details: { cached_tokens: 4 },
  completion_tokens_details: { reasoning_tokens: 3 },
}

/**
 * A server of the tests' own that speaks OpenAI's published wire format: chat, embeddings and responses. The base
 * address says how it behaves: `${url}/normal`, `/silent` (no usage), `/slow/300` (ms before each piece), `/stall/2`
 * (says no more after that many pieces, as `/early-usage/2`, which tells its usage with the first), `/cut/2`
 * (hangs up after that many pieces), `/reset` (before the headers), `/headers-only` (hangs up after them), `/status/429`,
 * `/malformed`, `/shapeless`, `/endless`, `/huge`, `/error-event`, `/each-usage`, `/tools`, `/native-cut`,
 * `/interleaved` and `/whole-calls/0` (two calls of tools in one stream),
 * `/small-only` (429 without a time to a request of over 500 characters),
 * `/repeats-key` (refuses the request and says the key back, also after so many characters).
 */
export async function startModelUpstream(): Promise<ModelUpstream> {
  const seen = new Map<string, ReturnType<ModelUpstream['seen']>>()
  const left = new Map<string, number>()
  const server = createServer((request, response) => {
    void (async () => {
      const [, behaviour = '', ...rest] = (request.url ?? '').split('/')
      const text = await readText(request)
      const body = text.startsWith('{') ? (JSON.parse(text) as Json) : {}
      const path = request.url ?? ''
      seen.set(behaviour, [...(seen.get(behaviour) ?? []), { body, headers: request.headers, path }])
      response.once('close', () => {
        if (!response.writableFinished) left.set(behaviour, (left.get(behaviour) ?? 0) + 1)
      })
      if (behaviour === 'repeats-key') return repeatKey(Number(rest[0]), request, response)
      await answer(behaviour, Number(rest[0]), path, body, response)
    })().catch(() => response.destroy())
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    seen: (behaviour) => seen.get(behaviour) ?? [],
    left: (behaviour) => left.get(behaviour) ?? 0,
    close: async () => {
      server.closeAllConnections()
      await new Promise((resolve) => server.close(resolve))
    },
  }
}

async function answer(
  behaviour: string,
  argument: number,
  path: string,
  body: Json,
  response: ServerResponse,
): Promise<void> {
  if (behaviour === 'reset') return void response.destroy()
  if (behaviour === 'status') return refuse(argument, response)
  if (behaviour === 'small-only' && JSON.stringify(body).length > 500) return refuse(429, response, null)
  if (behaviour === 'malformed' && !body.stream) return void response.end('{"choices": [')
  if (behaviour === 'shapeless') return void response.end('{"hello": "world"}')
  if (behaviour === 'huge')
    return void response.end(JSON.stringify({ choices: 'x'.repeat(11 * 1024 * 1024) }))
  if (behaviour === 'headers-only') {
    response.writeHead(200, { 'content-type': body.stream ? 'text/event-stream' : 'application/json' })
    response.flushHeaders()
    await sleep(20)
    return void response.destroy()
  }
  if (behaviour === 'slow') await sleep(argument, undefined, { ref: false })
  if (path.endsWith('/embeddings')) return json(response, embeddings(body, behaviour))
  if (path.endsWith('/responses')) return respond(behaviour, body, response)
  if (body.stream) return stream(behaviour, argument, body, response)
  json(response, completion(body, behaviour))
}

function repeatKey(pad: number, request: IncomingMessage, response: ServerResponse): void {
  const before = 'x'.repeat(Number.isNaN(pad) ? 0 : pad)
  const message = `${before}Incorrect key: ${request.headers.authorization}, ${request.headers['x-other-secret']}`
  response.writeHead(400, { 'content-type': 'application/json' }).end(JSON.stringify({ error: { message } }))
}

function refuse(status: number, response: ServerResponse, retryAfter: string | null = '7'): void {
  const headers: Record<string, string> = { 'content-type': 'application/json' }
  if (status === 429 && retryAfter) headers['retry-after'] = retryAfter
  response
    .writeHead(status, headers)
    .end(JSON.stringify({ error: { message: `No, says the provider: ${status}`, type: 'x', code: null } }))
}

function json(response: ServerResponse, value: unknown): void {
  response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify(value))
}

const usageOf = (behaviour: string) => (behaviour === 'silent' ? {} : { usage: USAGE })

function embeddings(body: Json, behaviour: string) {
  const inputs = Array.isArray(body.input) ? body.input : [body.input]
  const data = inputs.map((_, index) => ({ object: 'embedding', index, embedding: [0.1, 0.2, index] }))
  const usage = behaviour === 'silent' ? {} : { usage: { prompt_tokens: 8, total_tokens: 8 } }
  return { object: 'list', data, model: body.model, ...usage }
}

/** The responses API, as text and as a stream. */
async function respond(behaviour: string, body: Json, response: ServerResponse): Promise<void> {
  const usage = {
    input_tokens: 20,
    output_tokens: 10,
    total_tokens: 30,
    input_tokens_details: { cached_tokens: 4 },
  }
  const content = [{ type: 'output_text', text: WORDS.join(''), annotations: [] }]
  const output = [{ id: 'msg_1', type: 'message', role: 'assistant', status: 'completed', content }]
  const whole = { id: 'resp_1', object: 'response', status: 'completed', model: body.model, output, usage }
  if (!body.stream) return void json(response, { ...whole, x_native: true })
  response.writeHead(200, { 'content-type': 'text/event-stream' })
  const send = (event: Json) => response.write(`event: ${event.type}\ndata: ${JSON.stringify(event)}\n\n`)
  send({ type: 'response.created', response: { ...whole, status: 'in_progress', output: [], usage: null } })
  for (const delta of WORDS) {
    send({ type: 'response.output_text.delta', item_id: 'msg_1', delta })
    if (behaviour !== 'native-cut') continue
    await sleep(20)
    return void response.destroy()
  }
  send({ type: 'response.completed', response: whole })
  response.end()
}

const CALL = { name: 'weather', arguments: '{"city":"Oslo"}' }

function completion(body: Json, behaviour: string) {
  const message =
    behaviour === 'tools'
      ? { role: 'assistant', content: null, tool_calls: [{ id: 'call_1', type: 'function', function: CALL }] }
      : { role: 'assistant', content: WORDS.join(''), refusal: null }
  const finish_reason = behaviour === 'tools' ? 'tool_calls' : 'stop'
  return {
    id: 'chatcmpl-1',
    object: 'chat.completion',
    created: 1_700_000_000,
    model: body.model,
    choices: [{ index: 0, message, logprobs: null, finish_reason }],
    ...usageOf(behaviour),
    system_fingerprint: 'fp_of_the_tests',
    x_unknown: { kept: true },
  }
}

/** They leave it to the caller to end the stream. */
const STALLING = ['stall', 'early-usage']

async function stream(
  behaviour: string,
  argument: number,
  body: Json,
  response: ServerResponse,
): Promise<void> {
  response.writeHead(200, { 'content-type': 'text/event-stream' })
  const common = {
    id: 'chatcmpl-1',
    object: 'chat.completion.chunk',
    created: 1_700_000_000,
    model: body.model,
  }
  const chunk = (delta: Json, finish_reason: string | null = null, more: Json = {}) =>
    response.write(
      `data: ${JSON.stringify({ ...common, choices: [{ index: 0, delta, finish_reason }], ...more })}\n\n`,
    )
  chunk({ role: 'assistant', content: '' })
  if (behaviour === 'malformed') return void response.end('data: {"choices": [\n\n')
  for (let count = 0; behaviour === 'endless' && !response.destroyed; count += 1) {
    if (!chunk({ content: `${'on and on '.repeat(2_000)}` }))
      await new Promise((go) => response.once('drain', go))
    if (count > 20_000) break
  }
  if (behaviour === 'tools') return streamCall(chunk, response, common)
  if (behaviour === 'interleaved' || behaviour === 'whole-calls') {
    if (behaviour === 'interleaved') streamInterleaved(chunk)
    else streamWholeCalls(chunk, Number.isNaN(argument) ? undefined : argument)
    return finish(behaviour, body, common, response)
  }
  for (const [at, content] of WORDS.entries()) {
    if (behaviour === 'cut' && at === argument) {
      await sleep(20)
      return void response.destroy()
    }
    if (behaviour === 'error-event' && at === 2) {
      response.write('data: {"error": {"message": "overloaded", "type": "server_error"}}\n\n')
      return void response.end()
    }
    if (behaviour === 'slow') await sleep(argument, undefined, { ref: false })
    if (STALLING.includes(behaviour)) await sleep(20)
    if (STALLING.includes(behaviour) && at === argument) return
    chunk({ content }, null, usageAmid(behaviour))
  }
  chunk({}, 'stop')
  finish(behaviour, body, common, response)
}

/** Some servers report at every chunk; some say at the first what went in, and nothing of what comes out yet. */
function usageAmid(behaviour: string): Json {
  if (behaviour === 'each-usage') return { usage: USAGE }
  return behaviour === 'early-usage' ? { usage: { ...USAGE, completion_tokens: 0, total_tokens: 20 } } : {}
}

function streamCall(
  chunk: (delta: Json, finish?: string | null) => boolean,
  response: ServerResponse,
  common: Json,
): void {
  chunk({
    tool_calls: [{ index: 0, id: 'call_1', type: 'function', function: { name: CALL.name, arguments: '' } }],
  })
  for (const piece of ['{"city":', '"Oslo"}'])
    chunk({ tool_calls: [{ index: 0, function: { arguments: piece } }] })
  chunk({}, 'tool_calls')
  finish('tools', { stream_options: { include_usage: true } }, common, response)
}

function finish(behaviour: string, body: Json, common: Json, response: ServerResponse): void {
  const asked = (body.stream_options as Json | undefined)?.include_usage === true
  if (asked && behaviour !== 'silent')
    response.write(`data: ${JSON.stringify({ ...common, choices: [], usage: USAGE })}\n\n`)
  response.end('data: [DONE]\n\n')
}

async function readText(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = []
  for await (const chunk of request) chunks.push(chunk as Buffer)
  return Buffer.concat(chunks).toString('utf8')
}
