import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, jest, test } from '@jest/globals'
import { callTool } from '../../src/domain/tools/call-tool'
import { encryptSecret, keepSealedSecrets } from '../../src/domain/tools/secrets'
import type { Tool } from '../../src/domain/tools/tool'
import { closeToolAgent } from '../../src/platform/outbound/agent'
import { aTool, json, SECRET, startUpstream, type Upstream, useSettings } from './fixture'

let upstream: Upstream
const requestId = '0199aaaa-0000-7000-8000-000000000001'
const call = (tool: Tool, input: Record<string, unknown> = { text: 'hello' }, callerId = 'u') =>
  callTool(tool, input, { callerId, requestId })
const here = (given: Partial<Tool> = {}) => aTool({ endpoint: upstream.url, ...given })

beforeAll(async () => {
  upstream = await startUpstream()
})
beforeEach(() => useSettings())
afterEach(() => closeToolAgent())
afterAll(() => upstream.stop())

describe('what the endpoint receives and answers', () => {
  test('the input is its JSON body, its JSON object the output', async () => {
    upstream.answer((response, seen) => json(response, 200, { echoed: JSON.parse(seen.body) }))
    expect(await call(here(), { text: 'hé', n: 1 })).toEqual({
      ok: true,
      output: { echoed: { text: 'hé', n: 1 } },
    })
    expect(upstream.seen[0]?.method).toBe('POST')
    expect(upstream.seen[0]?.headers['content-type']).toBe('application/json')
  })

  test("the tool's headers and secrets are sent, of the caller only the request id and the idempotency key", async () => {
    upstream.answer((response) => json(response, 200, {}))
    const tool = here({ headers: { 'Accept-Language': 'en' }, secretNames: ['Authorization'] })
    keepSealedSecrets(tool, [
      encryptSecret(tool.id, 'Authorization', 'Bearer planted', SECRET, new URL(upstream.url).origin),
    ])
    await callTool(tool, {}, { callerId: 'u', requestId, idempotencyKey: 'once' })
    const { host, connection, 'content-length': _length, ...rest } = upstream.seen[0]?.headers ?? {}
    expect(rest).toEqual({
      accept: 'application/json',
      'accept-encoding': 'identity',
      'user-agent': 'joyfull-ui-hub',
      'accept-language': 'en',
      authorization: 'Bearer planted',
      'content-type': 'application/json',
      'x-request-id': requestId,
      'idempotency-key': 'once',
    })
  })

  test('a secret that cannot be opened stops the call before it leaves', async () => {
    upstream.answer((response) => json(response, 200, {}))
    const tool = here({ secretNames: ['Authorization'] })
    keepSealedSecrets(tool, [
      encryptSecret(
        tool.id,
        'Authorization',
        'Bearer planted',
        'another secret',
        new URL(upstream.url).origin,
      ),
    ])
    const answer = await call(tool)
    expect(answer).toMatchObject({ ok: false, code: 'TOOL_UNAVAILABLE', health: 'unknown' })
    expect(JSON.stringify(answer)).not.toContain('planted')
    expect(upstream.seen).toHaveLength(0)
  })

  test.each([
    ['text', 'not json'],
    ['an array', '[1]'],
    ['null', 'null'],
    ['a number', '7'],
    ['nothing', ''],
    ['a nest of a million', `{"a":${'['.repeat(500_000)}${']'.repeat(500_000)}}`],
  ])('an answer that is %s is TOOL_BAD_RESPONSE', async (_name, body) => {
    upstream.answer((response) => response.end(body))
    expect(await call(here())).toMatchObject({ ok: false, code: 'TOOL_BAD_RESPONSE', status: 'error' })
  })

  test.each([400, 401, 404, 422, 429, 500, 501])(
    'a %i is TOOL_BAD_RESPONSE and not tried again',
    async (status) => {
      upstream.answer((response) => json(response, status, { secret: 'of the endpoint' }))
      expect(await call(here({ retries: 3 }))).toMatchObject({
        ok: false,
        code: 'TOOL_BAD_RESPONSE',
        logMessage: `HTTP ${status}`,
      })
      expect(upstream.seen).toHaveLength(1)
    },
  )

  test.each([true, false])('an answer over 10 MiB is cut off (announced: %s)', async (announced) => {
    const body = Buffer.from(JSON.stringify({ text: 'a'.repeat(11 * 1024 * 1024) }))
    upstream.answer((response) => {
      response.on('error', () => undefined)
      if (announced) response.writeHead(200, { 'content-length': body.length })
      response.end(body)
    })
    expect(await call(here())).toMatchObject({
      ok: false,
      code: 'TOOL_BAD_RESPONSE',
      logMessage: 'its answer has over 10485760 bytes',
    })
  })

  test('a redirect is not followed, also not to an address that would be allowed', async () => {
    upstream.answer((response) => {
      response.writeHead(307, { location: upstream.url })
      response.end()
    })
    expect(await call(here())).toMatchObject({ ok: false, code: 'TOOL_BAD_RESPONSE' })
    expect(upstream.seen).toHaveLength(1)
  })
})

describe('tries', () => {
  test.each([502, 503, 504])(
    'a %i is tried again as often as the tool says, then TOOL_UNAVAILABLE',
    async (status) => {
      upstream.answer((response) => json(response, status, {}))
      expect(await call(here({ retries: 2 }))).toMatchObject({
        ok: false,
        code: 'TOOL_UNAVAILABLE',
        status: 'error',
      })
      expect(upstream.seen).toHaveLength(3)
    },
  )

  test('a try that succeeds ends it', async () => {
    upstream.answer((response) => json(response, upstream.seen.length < 3 ? 503 : 200, { done: true }))
    expect(await call(here({ retries: 5 }))).toEqual({ ok: true, output: { done: true } })
    expect(upstream.seen).toHaveLength(3)
  })

  test('a connection that is reset is tried again', async () => {
    upstream.answer((response, _seen, request) => {
      if (upstream.seen.length > 1) json(response, 200, {})
      else request.socket.resetAndDestroy()
    })
    expect(await call(here({ retries: 1 }))).toMatchObject({ ok: true })
  })

  test('an answer that breaks off is tried again, then TOOL_UNAVAILABLE', async () => {
    upstream.answer((response, _seen, request) => {
      response.writeHead(200, { 'content-length': 100 })
      response.write('{"half":')
      setTimeout(() => request.socket.destroy(), 20)
    })
    expect(await call(here({ retries: 1 }))).toMatchObject({ ok: false, code: 'TOOL_UNAVAILABLE' })
    expect(upstream.seen).toHaveLength(2)
  })

  test('nobody listening is TOOL_UNAVAILABLE', async () => {
    const gone = await startUpstream()
    await gone.stop()
    expect(await call(aTool({ endpoint: gone.url, retries: 1 }))).toMatchObject({
      ok: false,
      code: 'TOOL_UNAVAILABLE',
      logMessage: 'ECONNREFUSED',
      health: 'down',
    })
  })

  test.each([
    ['slow to answer', false],
    ['slow within its answer', true],
  ])('an endpoint %s is TOOL_TIMEOUT in time', async (_name, begins) => {
    upstream.answer((response) => {
      if (begins) response.write('{')
    })
    const began = performance.now()
    expect(await call(here({ timeoutMs: 200, retries: 5 }))).toMatchObject({
      ok: false,
      code: 'TOOL_TIMEOUT',
      status: 'timeout',
    })
    expect(performance.now() - began).toBeLessThan(3_000)
  })

  test('the time limit covers all tries and their waits together', async () => {
    upstream.answer((response) => setTimeout(() => json(response, 503, {}), 150))
    const began = performance.now()
    expect(await call(here({ timeoutMs: 500, retries: 5 }))).toMatchObject({ ok: false })
    expect(performance.now() - began).toBeLessThan(3_000)
    expect(upstream.seen.length).toBeLessThan(4)
  })

  test('a wait that no longer fits is not waited for: the answer is the last failure, at once', async () => {
    // At their longest three waits take 700 ms, and the fourth would take 800 more.
    const random = jest.spyOn(Math, 'random').mockReturnValue(0.999)
    upstream.answer((response) => json(response, 503, {}))
    const ended = await call(here({ timeoutMs: 1_400, retries: 5 }))
    random.mockRestore()
    expect(ended).toMatchObject({ code: 'TOOL_UNAVAILABLE' })
    expect(upstream.seen).toHaveLength(4)
  })

  test('a caller that leaves ends the call', async () => {
    upstream.answer(() => undefined)
    const leaving = new AbortController()
    const answer = callTool(here(), {}, { callerId: 'u', requestId, signal: leaving.signal })
    setTimeout(() => leaving.abort(), 50)
    expect(await answer).toMatchObject({ ok: false, code: 'TOOL_UNAVAILABLE', health: 'unknown' })
  })
})

describe('the breaker', () => {
  test('after 5 calls in a row that failed the endpoint is left alone', async () => {
    upstream.answer((response) => json(response, 503, {}))
    const tool = here()
    for (let calls = 0; calls < 5; calls += 1) await call(tool)
    const answer = await call(tool)
    expect(answer).toMatchObject({ ok: false, code: 'TOOL_UNAVAILABLE', logMessage: 'its breaker is open' })
    expect(upstream.seen).toHaveLength(5)
    expect(await call({ ...tool, revision: 2 })).toMatchObject({ logMessage: 'HTTP 503' })
    expect(upstream.seen).toHaveLength(6)
  })

  test('inputs that take too long close it to their caller alone, until they take somebody else too long too', async () => {
    upstream.answer(() => undefined)
    const tool = here({ timeoutMs: 400 })
    const closed = { code: 'TOOL_UNAVAILABLE', logMessage: 'its breaker is open' }
    for (let calls = 0; calls < 5; calls += 1)
      expect(await call(tool, {}, 'ann')).toMatchObject({ code: 'TOOL_TIMEOUT', health: 'ambiguous' })
    expect(await call(tool, {}, 'ann')).toMatchObject(closed)
    for (const caller of ['ben', 'cho', 'ben', 'cho'])
      expect(await call(tool, {}, caller)).toMatchObject({ code: 'TOOL_TIMEOUT' })
    expect(await call(tool, {}, 'dee')).toMatchObject(closed)
    expect(upstream.seen).toHaveLength(9)
  })

  test('inputs that the endpoint refuses close it to nobody', async () => {
    upstream.answer((response) => json(response, 500, {}))
    const tool = here()
    for (let calls = 0; calls < 8; calls += 1) await call(tool)
    expect(upstream.seen).toHaveLength(8)
  })
})
