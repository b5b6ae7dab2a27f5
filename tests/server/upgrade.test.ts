import { once } from 'node:events'
import { connect } from 'node:net'
import { describe, expect, test } from '@jest/globals'
import { hubUrl } from '../support/run'

// Requests that ask for another protocol: each must get an answer, and none may keep its connection without one.

async function raw(path: string, headers: string[], body = ''): Promise<string> {
  const { hostname, port } = new URL(hubUrl())
  const socket = connect(Number(port), hostname)
  const lines = [`${body ? 'POST' : 'GET'} ${path} HTTP/1.1`, 'Host: hub', ...headers, '', body]
  socket.write(lines.join('\r\n'))
  let answer = ''
  socket.on('data', (chunk) => {
    answer += chunk.toString()
  })
  await once(socket, 'close')
  return answer
}

const PATHS = ['/health', '/api/v1/health', '/api/access', '/mcp', '/v1/models', '/admin/login']

const WEBSOCKET = ['Sec-WebSocket-Version: 13', 'Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==']

describe.each(PATHS)('%s', (path) => {
  test.each([
    ['Connection: Upgrade', 'Upgrade: websocket'],
    ['connection: keep-alive, upgrade', 'upgrade: WebSocket'],
    ['Connection: Upgrade', 'Upgrade: h2c, websocket'],
  ])('a WebSocket is refused: %s, %s', async (...headers) => {
    const answer = await raw(path, [...headers, ...WEBSOCKET])
    expect(answer).toMatch(/^HTTP\/1\.1 426 /)
    expect(answer).toMatch(/\r\nConnection: close\r\n/i)
    expect(answer).toContain('"code":"UPGRADE_REQUIRED"')
  })

  test('h2c is ignored', async () => {
    const plain = await raw(path, ['Connection: close'])
    const settings = 'HTTP2-Settings: AAMAAABkAAQAAP__'
    const upgraded = await raw(path, ['Connection: Upgrade, HTTP2-Settings, close', 'Upgrade: h2c', settings])
    expect(statusOf(upgraded)).toBe(statusOf(plain))
    expect(statusOf(upgraded)).toBeGreaterThanOrEqual(200)
  })
})

test('a body that comes with an ignored upgrade is read', async () => {
  const body = '{"query":"{ __typename }"}'
  const headers = ['Connection: Upgrade, close', 'Upgrade: h2c', 'Content-Type: application/json']
  const answer = await raw('/api/graphql', [...headers, `Content-Length: ${body.length}`], body)
  expect(answer).toContain('{"data":{"__typename":"Query"}}')
})

const statusOf = (answer: string) => Number(/^HTTP\/1\.1 (\d+)/.exec(answer)?.[1])
