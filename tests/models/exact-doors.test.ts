import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals'
import { adminSession, newTool, type TestTool } from '../support/catalogue'
import { hubUrl } from '../support/run'
import { askDoor, type Caller, newCaller, newModel } from './setup'

/**
 * Protects against integers that lose their digits between a caller and an upstream, in either direction and through
 * every interface, and against events of several lines that reach a caller as broken ones.
 */
const BIG = '12345678901234567890'
let server: Server
let url: string
let caller: Caller
let tool: TestTool
let model: TestTool
const seen: string[] = []

const call = `{"type":"function","function":{"name":"find","arguments":{"id":${BIG}}}}`
const common = `"id":"c-1","created":1,"model":"m","x_id":${BIG}`
const whole = `{${common},"object":"chat.completion","choices":[{"index":0,"message":{"role":"assistant","content":null,"tool_calls":[${call}]},"finish_reason":"tool_calls"}],"usage":{"prompt_tokens":1,"completion_tokens":1}}`
const chunks = [
  `{${common},\n"object":"chat.completion.chunk",\n"choices":[{"index":0,"delta":{"role":"assistant","content":"Hi"},"finish_reason":null}]}`,
  `{${common},"object":"chat.completion.chunk","choices":[{"index":0,"delta":{"tool_calls":[${call.replace('{', '{"index":0,')}]},"finish_reason":"tool_calls"}],"usage":{"prompt_tokens":1,"completion_tokens":1}}`,
]

beforeAll(async () => {
  server = createServer(async (request, response) => {
    let body = ''
    for await (const chunk of request) body += chunk
    seen.push(body)
    if (request.url === '/tool') return void response.end(`{"echo":${body},"usage":{"total_tokens":3}}`)
    if (!body.includes('"stream":true')) return void response.end(whole)
    response.writeHead(200, { 'content-type': 'Text/Event-Stream' })
    response.end(chunks.map((text) => `data: ${text.replaceAll('\n', '\ndata: ')}\n\n`).join(''))
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  caller = await newCaller(1_000_000)
  tool = await newTool(`${url}/tool`, {})
  model = await newModel(url)
})

afterAll(() => new Promise((resolve) => server.close(resolve)))

const post = async (path: string, body: string, more: Record<string, string> = {}) => {
  const answer = await fetch(`${hubUrl()}${path}`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', authorization: `Bearer ${caller.key}`, ...more },
    body,
  })
  return answer.text()
}

const input = `{"id":${BIG},"list":[-${BIG},1,"${BIG}"]}`

describe('a tool over HTTP', () => {
  test('by an invocation, also one that is given again', async () => {
    for (const key of ['exact-1', 'exact-1', 'exact-2']) {
      const text = await post(`/api/v1/tools/${tool.slug}/invoke`, `{"input":${input}}`, {
        'idempotency-key': key,
      })
      expect(text).toContain(`"output":{"echo":${input}`)
    }
    expect(seen.at(-1)).toBe(input)
  })

  test('by an invocation as a stream', async () => {
    const text = await post(`/api/v1/tools/${tool.slug}/invoke`, `{"input":${input}}`, {
      accept: 'text/event-stream',
    })
    expect(text.split(`{"echo":${input}`)).toHaveLength(3)
  })

  test("by an admin's trial, and in a schema that names such integers", async () => {
    const { token } = await adminSession()
    const schema = `{"type":"object","properties":{"id":{"type":"integer","maximum":${BIG}}}}`
    const send = (method: string, path: string, body: string) =>
      fetch(`${hubUrl()}/api/v1/admin/tools${path}`, {
        method,
        headers: { 'content-type': 'application/json', authorization: `Bearer ${token}` },
        body,
      })
    const saved = await send('PATCH', `/${tool.id}`, `{"input_schema":${schema},"example":{"id":${BIG}}}`)
    expect([saved.status, await saved.text()]).toEqual([
      200,
      expect.stringContaining('"maximum":12345678901234'),
    ])
    const tried = await send('POST', `/${tool.id}/try`, `{"input":${input},"as":{"plan":"enterprise"}}`)
    expect(await tried.text()).toContain(`"output":{"echo":${input}`)
    const refused = await send('POST', `/${tool.id}/try`, `{"input":[${BIG}],"headers":{"x":${BIG}}}`)
    const { error } = (await refused.json()) as { error: { details: { field: string }[] } }
    expect(error.details.map(({ field }) => field)).toEqual(['input', 'as', 'headers'])
  })

  test('by GraphQL, in a variable, in the document and in both', async () => {
    const text = String.raw`\"${BIG}\"`
    const invoke = (head: string, argument: string) =>
      String.raw`mutation ${head} { invokeTool(tool: \"${tool.slug}\", input: ${argument}) { output } }`
    const ask = (query: string) =>
      post('/api/graphql', `{"query":"${query}","variables":{"i":${input},"id":${BIG}}}`)
    for (const query of [
      invoke('($i: JSON!)', '$i'),
      invoke('', `{id: ${BIG}, list: [-${BIG}, 1, ${text}]}`),
      invoke('($id: JSON)', `{id: $id, list: [-${BIG}, 1, ${text}]}`),
    ]) {
      expect(await ask(query)).toContain(`"output":{"echo":${input}`)
      expect(seen.at(-1)).toBe(input)
    }
    const once = (id: string) => invoke('', String.raw`{id: ${id}}, idempotencyKey: \"exact\"`)
    expect(await ask(once(BIG))).toContain(`"echo":{"id":${BIG}}`)
    expect(await ask(once('12345678901234567891'))).toContain('IDEMPOTENCY_MISMATCH')
  })

  test('by MCP, as text and as structured content', async () => {
    const message = `{"jsonrpc":"2.0","id":1,"method":"tools/call","params":{"name":"${tool.slug}","arguments":${input}}}`
    const text = await post('/mcp', message, { accept: 'application/json, text/event-stream' })
    expect(text).toContain(`"structuredContent":{"echo":${input}`)
    expect(text).toContain(`{\\"echo\\":{\\"id\\":${BIG}`)
    expect(text).not.toContain('exact-')
    expect(seen.at(-1)).toBe(input)
  })
})

describe('a model', () => {
  const parameters = `{"type":"object","properties":{"id":{"type":"integer","maximum":${BIG}}}}`
  const body = (more = '') =>
    `{"model":"${model.slug}","seed":${BIG},"messages":[{"role":"user","content":"Hi","x":${BIG}}],"tools":[{"type":"function","function":{"name":"find","parameters":${parameters}}}]${more}}`

  test('a chat, whole: what is sent and what is answered', async () => {
    const text = await post('/v1/chat/completions', body())
    expect(seen.at(-1)).toContain(parameters)
    expect(seen.at(-1)).toContain(`"seed":${BIG}`)
    expect(seen.at(-1)).toContain(`"x":${BIG}`)
    expect(text).toContain(`"x_id":${BIG}`)
    expect(text).toContain(`"arguments":"{\\"id\\":${BIG}}"`)
  })

  test('a chat as a stream; an event of several lines stays one', async () => {
    const text = await post('/v1/chat/completions', body(',"stream":true'))
    const events = text.split('\n\n').filter((event) => event.startsWith('data: {'))
    for (const event of events)
      expect(event.split('\n').every((line) => line.startsWith('data: '))).toBe(true)
    expect(JSON.parse((events[0] ?? '').replaceAll(/^data: /gm, ''))).toMatchObject({
      choices: [{ delta: { content: 'Hi' } }],
    })
    expect(text.split(`"x_id":${BIG}`).length).toBeGreaterThan(2)
    expect(text).toContain(`"arguments":"{\\"id\\":${BIG}}"`)
    expect(text.endsWith('data: [DONE]\n\n')).toBe(true)
  })

  test('a response, whole and as a stream', async () => {
    const asked = `{"model":"${model.slug}","input":"Hi","tools":[{"type":"function","name":"find","parameters":${parameters}}]`
    for (const more of ['', ',"stream":true']) {
      const text = await post('/v1/responses', `${asked}${more}}`)
      expect(seen.at(-1)).toContain(parameters)
      expect(text).toContain(parameters)
      expect(text).toContain(`"arguments":"{\\"id\\":${BIG}}"`)
    }
  })

  test('an invocation', async () => {
    const text = await post(
      `/api/v1/tools/${model.slug}/invoke`,
      `{"input":${body().replace(/"model":"[^"]*",/, '')}}`,
    )
    expect(seen.at(-1)).toContain(parameters)
    expect(seen.at(-1)).toContain(`"seed":${BIG}`)
    expect(text).toContain(`"arguments":"{\\"id\\":${BIG}}"`)
  })

  test('a chat of one who asked without such numbers is as before', async () => {
    const answer = await askDoor('/chat/completions', caller.key, {
      model: model.slug,
      messages: [{ role: 'user', content: 'Hi' }],
    })
    expect(await answer.text()).toContain(`"x_id":${BIG}`)
  })
})
