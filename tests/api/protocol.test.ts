import { describe, expect, test } from '@jest/globals'
import { call } from '../support/client'
import { bodyValidator, contract } from '../support/contract'
import { newUser } from '../support/people'
import { hubUrl } from '../support/run'

describe('methods and addresses', () => {
  test('405 with Allow for every documented path and a method that it has not', async () => {
    const { document } = await contract()
    for (const [path, operations] of Object.entries(document.paths)) {
      if (!path.startsWith('/api/v1/')) continue
      const known = Object.keys(operations).map((method) => method.toUpperCase())
      const address = path.replaceAll(/\{\w+\}/g, 'x')
      for (const method of ['GET', 'POST', 'PUT', 'PATCH', 'DELETE'].filter(
        (method) => !known.includes(method),
      )) {
        const answer = await call(method, address)
        expect([method, path, answer.status]).toEqual([method, path, 405])
        const allow = (answer.headers.get('allow') ?? '').split(', ')
        expect(allow).toEqual(expect.arrayContaining(known))
        expect(allow).not.toContain(method)
      }
    }
  })

  test('404 in the envelope for an unknown address', async () => {
    for (const path of [
      '/',
      '/nothing',
      '/users',
      '/tools/',
      '/users/me/',
      '/auth/login/x',
      '/%00',
      '/%ff',
    ]) {
      const answer = await call('GET', path)
      expect([path, answer.error?.code]).toEqual([path, 'NOT_FOUND'])
    }
  })

  test('HEAD answers as GET does, without the body', async () => {
    expect((await call('HEAD', '/health')).status).toBe(200)
    expect((await call('HEAD', '/users/me')).status).toBe(401)
  })

  test('204 for OPTIONS, with what is allowed; 404 for an unknown address', async () => {
    const answer = await call('OPTIONS', '/users/me')
    expect([answer.status, answer.headers.get('allow')]).toEqual([204, 'GET, HEAD, OPTIONS, PATCH'])
    expect((await call('OPTIONS', '/nothing')).status).toBe(404)
  })

  test('no CORS for an origin that is not configured', async () => {
    const headers = { origin: 'https://evil.example', 'access-control-request-method': 'POST' }
    for (const method of ['OPTIONS', 'GET']) {
      const answer = await call(method, '/users/me', { headers })
      expect(answer.headers.get('access-control-allow-origin')).toBeNull()
    }
  })
})

describe('every answer', () => {
  test('keeps a request id that is a UUID, and replaces any other', async () => {
    const mine = '0198c5a2-6c1e-7b3a-9d2f-3f1c5e7a9b01'
    for (const path of ['/users/me', '/health', '/nothing']) {
      expect(
        (await call('GET', path, { headers: { 'x-request-id': mine } })).headers.get('x-request-id'),
      ).toBe(mine)
      const other = await call('GET', path, { headers: { 'x-request-id': 'mine-42' } })
      expect(other.headers.get('x-request-id')).not.toBe('mine-42')
    }
  })

  test('has security headers, also a failure', async () => {
    const { token } = await newUser()
    for (const sent of [{}, { token }]) {
      const { headers } = await call('GET', '/users/me', sent)
      expect(headers.get('x-content-type-options')).toBe('nosniff')
      expect(headers.get('x-frame-options')).toBe('DENY')
      expect(headers.get('content-security-policy')).toMatch(/default-src 'none'/)
    }
  })

  test('401 with a challenge for tokens that are malformed, unsigned, or of another key', async () => {
    const none = `${b64({ alg: 'none', typ: 'JWT' })}.${b64({ sub: 'x', sid: 'x', exp: 4e9 })}.`
    const other = `${b64({ alg: 'HS256' })}.${b64({ sub: 'x', sid: 'x', exp: 4e9 })}.c2lnbmF0dXJl`
    for (const token of ['x', 'a.b.c', none, other, 'x'.repeat(8_000)]) {
      const answer = await call('GET', '/users/me', { token })
      expect([answer.status, answer.headers.get('www-authenticate')]).toEqual([401, 'Bearer realm="hub"'])
    }
    expect((await call('GET', '/users/me', { headers: { authorization: 'Basic YTpi' } })).status).toBe(401)
  })
})

describe('health', () => {
  test.each(['/health', '/api/v1/health'])('%s: a bare object', async (path) => {
    const answer = await fetch(`${hubUrl()}${path}`)
    expect([answer.status, await answer.json()]).toEqual([200, { status: 'ok' }])
  })

  test.each(['/ready', '/api/v1/ready'])('%s: a bare object', async (path) => {
    const answer = await fetch(`${hubUrl()}${path}`)
    expect([answer.status, await answer.json()]).toEqual([200, { status: 'ready', database: 'connected' }])
  })
})

describe('the document', () => {
  test('is OpenAPI 3.1, every operation with an id of its own, a summary and its errors', async () => {
    const { document } = await contract()
    expect(document.openapi).toMatch(/^3\.1\./)
    const operations = Object.values(document.paths).flatMap((methods) => Object.values(methods))
    const ids = operations.map(({ operationId }) => operationId)
    expect(new Set(ids).size).toBe(ids.length)
    expect(ids.length).toBeGreaterThanOrEqual(33)
  })

  test('every reference resolves, and every parameter of a path is declared', async () => {
    const { document } = await contract()
    for (const [path, operations] of Object.entries(document.paths)) {
      const named = [...path.matchAll(/\{(\w+)\}/g)].map((match) => match[1])
      for (const [method, operation] of Object.entries(operations)) {
        const declared = (operation.parameters ?? []).filter((parameter) => parameter.in === 'path')
        expect(declared.map(({ name }) => name)).toEqual(named)
        for (const status of Object.keys(operation.responses))
          await bodyValidator(path, method, Number(status))
      }
    }
  })

  test('its page is served from the hub alone, without inline scripts', async () => {
    const page = await fetch(`${hubUrl()}/api/v1/docs`)
    const html = await page.text()
    expect(page.headers.get('content-type')).toMatch(/text\/html/)
    expect(html).not.toMatch(/<script>|https?:\/\//)
    expect(page.headers.get('content-security-policy')).toMatch(/script-src 'self';/)
    const files = [...html.matchAll(/(?:src|href)="([^"]+)"/g)].map((match) => match[1])
    expect(files.length).toBeGreaterThan(2)
    for (const file of files) expect((await fetch(`${hubUrl()}${file}`)).status).toBe(200)
    expect((await call('GET', '/docs/package.json')).status).toBe(404)
    expect((await call('GET', '/docs/..%2fpackage.json')).status).toBe(404)
  })
})

function b64(value: object): string {
  return Buffer.from(JSON.stringify(value)).toString('base64url')
}
