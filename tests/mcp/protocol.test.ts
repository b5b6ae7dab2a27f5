import { beforeAll, describe, expect, test } from '@jest/globals'
import { newKey, newSubscriber } from '../support/people'
import { hubUrl } from '../support/run'

let key: string
beforeAll(async () => {
  key = (await newKey(await newSubscriber())).key
})

const PING = { jsonrpc: '2.0', id: 1, method: 'ping' }
const send = (path: string, { method = 'POST', body = PING as unknown, headers = {}, auth = true } = {}) =>
  fetch(`${hubUrl()}${path}`, {
    method,
    headers: {
      'content-type': 'application/json',
      accept: 'application/json, text/event-stream',
      ...(auth ? { authorization: `Bearer ${key}` } : {}),
      ...headers,
    },
    ...(method === 'POST' ? { body: typeof body === 'string' ? body : JSON.stringify(body) } : {}),
  })

/** The door by its own name, and as a plain Next host reaches it. */
describe.each(['/mcp', '/api/v1/mcp'])('%s', (path) => {
  test('answers with a request id and without anything to be stored', async () => {
    const id = crypto.randomUUID()
    const answer = await send(path, { headers: { 'x-request-id': id } })
    expect(answer.status).toBe(200)
    expect(answer.headers.get('x-request-id')).toBe(id)
    expect(answer.headers.get('cache-control')).toContain('no-store')
    expect(answer.headers.get('mcp-session-id')).toBeNull()
    expect(await answer.text()).toContain('"result":{}')
  })

  test('401 asks for a bearer token', async () => {
    const answer = await send(path, { auth: false })
    expect(answer.status).toBe(401)
    expect(answer.headers.get('www-authenticate')).toMatch(/^Bearer/)
  })

  test.each(['GET', 'DELETE'])('405 to %s: there is no stream and no session', async (method) => {
    const answer = await send(path, { method })
    expect(answer.status).toBe(405)
    expect(answer.headers.get('allow')).toContain('POST')
  })

  /** A page that gave the hub's address another name (DNS rebinding) still says where it came from. */
  test('403 to a page of another origin, and none to its own', async () => {
    expect((await send(path, { headers: { origin: 'https://evil.example' } })).status).toBe(403)
    expect((await send(path, { headers: { origin: hubUrl() } })).status).toBe(200)
  })

  test.each([
    ['no JSON', '{', 400],
    ['no message', '"text"', 400],
    ['nothing', '', 400],
    ['a batch without end', Array.from({ length: 21 }, (_, id) => ({ ...PING, id })), 400],
    ['too much', JSON.stringify({ ...PING, params: { _meta: { x: 'x'.repeat(1_100_000) } } }), 413],
  ])('%s is refused', async (_name, body, status) => {
    expect((await send(path, { body })).status).toBe(status)
  })

  test('another content type is refused', async () => {
    expect((await send(path, { headers: { 'content-type': 'text/plain' } })).status).toBe(415)
  })

  test('a name or arguments of the wrong type are an error of the protocol', async () => {
    for (const params of [{ name: 7 }, { name: 'echo', arguments: [1] }, {}]) {
      const answer = await send(path, { body: { ...PING, method: 'tools/call', params } })
      expect(await answer.text()).toMatch(/"error":\{"code":-3260\d/)
    }
  })
})
