import { randomUUID } from 'node:crypto'
import { once } from 'node:events'
import { createServer } from 'node:http'
import { type AddressInfo, connect } from 'node:net'
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'
import { newAdminSession, newKey, newSubscriber, newUser } from '../support/people'
import { hubUrl } from '../support/run'

/** Sends bytes as they are, as no client library would, and gives the answer. */
async function raw(text: string): Promise<string> {
  const { hostname, port } = new URL(hubUrl())
  const socket = connect(Number(port), hostname)
  socket.end(text)
  let answer = ''
  socket.on('data', (chunk) => {
    answer += chunk.toString()
  })
  await once(socket, 'close')
  return answer
}

const request = (line: string, host = 'hub') =>
  raw(`${line} HTTP/1.1\r\nHost: ${host}\r\nConnection: close\r\n\r\n`)

// Whoever spells a path in another way must not come by the guards and limits of the door that it leads to.
describe('a path that normalises to a different path', () => {
  it.each([
    '/./api/users/me',
    '/x/../api/users/me',
    '/_next/../api/users/me',
    '/%2e/api/users/me',
    '/x/%2E%2e/api/users/me',
    '//api/users/me',
    '/%61pi/users/me',
    '/x\\..\\api/users/me',
    'http://hub/api/users/me',
    '/api/users/%ff',
    '/admin/%ff',
  ])('%s is refused', async (path) => {
    expect(await request(`GET ${path}`)).toMatch(/^HTTP\/1\.1 400 /)
  })

  it('is refused in the envelope', async () => {
    const answer = await request('GET /./api/v1/health')
    const body = JSON.parse(answer.slice(answer.indexOf('{'), answer.lastIndexOf('}') + 1))
    expect(body).toMatchObject({ data: null, error: { code: 'VALIDATION_ERROR' } })
  })
})

describe('what no door is asked', () => {
  it('TRACE is a 405', async () => expect(await request('TRACE /api/access')).toMatch(/^HTTP\/1\.1 405 /))
  it('OPTIONS * is a 400', async () => expect(await request('OPTIONS *')).toMatch(/^HTTP\/1\.1 400 /))
  it('a Host that is none is a 400', async () =>
    expect(await request('GET /admin', 'evil"><script>')).toMatch(/^HTTP\/1\.1 400 /))
  it('HTTP/1.0 without a Host is answered', async () =>
    expect(await raw('GET /api/v1/health HTTP/1.0\r\n\r\n')).toContain('{"status":"ok"}'))
})

describe('an upload', () => {
  it('fetches nothing for anyone', async () => {
    let asked = 0
    const elsewhere = createServer((_req, res) => {
      asked += 1
      res.end()
    }).listen(0, '127.0.0.1')
    await once(elsewhere, 'listening')
    const { port } = elsewhere.address() as AddressInfo
    const { token } = await newUser()
    for (const url of [`http://127.0.0.1:${port}/x.png`, 'http://no-such-host.invalid/x.png', '/x.png']) {
      const answer = await fetch(`${hubUrl()}/api/media`, {
        method: 'POST',
        headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
        body: JSON.stringify({ filename: 'x.png', url }),
      })
      expect(answer.status).toBe(400)
    }
    expect(asked).toBe(0)
    elsewhere.close()
  })
})

describe('an idempotency key', () => {
  const seen: (string | undefined)[] = []
  const upstream = createServer((req, res) => {
    seen.push(req.headers['idempotency-key'] as string | undefined)
    req.resume()
    res.setHeader('content-type', 'application/json').end('{"usage":{"total_tokens":1}}')
  })
  beforeAll(async () => {
    upstream.listen(0, '127.0.0.1')
    await once(upstream, 'listening')
  })
  afterAll(() => {
    upstream.close()
  })

  it('of two callers is two to the endpoint, and of one caller one', async () => {
    const { token } = await newAdminSession()
    const { port } = upstream.address() as AddressInfo
    const name = `Keyed ${randomUUID()}`
    const made = await fetch(`${hubUrl()}/api/v1/admin/tools`, {
      method: 'POST',
      headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
      body: JSON.stringify({ name, description: 'x', api_endpoint: `http://127.0.0.1:${port}/` }),
    })
    const { data } = (await made.json()) as { data: { id: string } }
    for (const _person of [1, 2]) {
      const { key } = await newKey(await newSubscriber())
      const answer = await fetch(`${hubUrl()}/api/v1/tools/${data.id}/invoke`, {
        method: 'POST',
        headers: { 'x-api-key': key, 'content-type': 'application/json', 'idempotency-key': 'shared-1' },
        body: '{"input":{}}',
      })
      expect(answer.status).toBe(200)
    }
    expect(seen).toHaveLength(2)
    expect(new Set(seen).size).toBe(2)
    expect(seen).not.toContain('shared-1')
  })
})
