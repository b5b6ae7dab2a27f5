import { describe, expect, test } from '@jest/globals'
import { rateLimitHeaders, toProblem as toRefusal } from '../../src/domain/calls/refusals'
import { readJsonBody } from '../../src/http/kit/body'
import { onDocument } from '../../src/http/kit/document-problems'
import { toProblem } from '../../src/http/kit/failures'
import { isDatabaseAway } from '../../src/platform/database/database-away'
import { clientAddress } from '../../src/platform/kernel/client-address'
import { Problem } from '../../src/platform/kernel/problem'

const limits = { requestsPerMinute: 60, burst: 30, callsAtOnce: 10, requestsRemaining: 4, resetMs: 25_100 }

describe('clientAddress', () => {
  const address = (forwarded: string | null, hops: number) =>
    clientAddress(
      new Headers(forwarded === null ? {} : { 'x-forwarded-for': forwarded }),
      '::ffff:10.0.0.1',
      hops,
    )

  test.each([
    ['without a trusted proxy the header is hearsay', '203.0.113.9', 0, '10.0.0.1'],
    ['one proxy: what it appended', '6.6.6.6, 203.0.113.9', 1, '203.0.113.9'],
    ['two proxies: the second from the end', '6.6.6.6, 203.0.113.9, 10.0.0.2', 2, '203.0.113.9'],
    ['with a port, and IPv6 in brackets', '[2001:db8::1]:4711', 1, '2001:db8::1'],
    ['rubbish: the socket', 'unknown', 1, '10.0.0.1'],
    ['no header: the socket', null, 1, '10.0.0.1'],
  ])('%s', (_what, forwarded, hops, expected) => {
    expect(address(forwarded, hops)).toBe(expected)
  })
})

describe('failures', () => {
  const withCode = (code: string, message = 'x') => Object.assign(new Error(message), { code })

  test.each(['08006', '57P01', '53300', '55000', 'ECONNREFUSED', 'ECONNRESET'])(
    '%s: the database is away',
    (code) => {
      expect(isDatabaseAway(withCode(code))).toBe(true)
      expect(toProblem(new Error('wrapped', { cause: withCode(code) })).code).toBe('NOT_READY')
    },
  )

  test('a fault of the hub is INTERNAL, and says nothing of itself', () => {
    for (const error of [
      new TypeError('x of undefined'),
      withCode('42601', 'syntax error at "select"'),
      'text',
    ]) {
      const problem = toProblem(error)
      expect([problem.code, problem.message]).toEqual(['INTERNAL', 'Something went wrong on our side.'])
      expect(problem.cause).toBe(error)
    }
  })

  test("a document's refusal speaks of the API's fields; a taken value is a conflict", async () => {
    const refused = (errors: object[]) =>
      Object.assign(new Error('invalid'), { status: 400, data: { errors } })
    const fail = (error: Error) =>
      onDocument(() => Promise.reject(error)).catch((problem: Problem) => problem)
    const taken = await fail(refused([{ path: 'slug', message: 'Value must be unique' }]))
    expect([(taken as Problem).code, (taken as Problem).details[0]?.field]).toEqual(['CONFLICT', 'slug'])
    const wrong = await fail(
      new Problem('VALIDATION_ERROR', 'x', { details: [{ field: 'timeoutMs', message: 'is wrong' }] }),
    )
    expect((wrong as Problem).details).toEqual([{ field: 'timeout_ms', message: 'is wrong' }])
  })
})

describe('readJsonBody', () => {
  const read = (body: string) =>
    readJsonBody(
      new Request('http://hub/', { method: 'POST', body, headers: { 'content-type': 'application/json' } }),
    )

  test('names the field that holds a NUL byte or half a surrogate pair', async () => {
    for (const text of ['"a\\u0000"', '"\\ud800"']) {
      const refused = await read(`{"a":{"b":[1,${text}]}}`).catch((problem: Problem) => problem)
      expect((refused as Problem).details[0]?.field).toBe('a.b.1')
    }
    expect((await read('{"a":"\\ud83d\\ude00"}')).value).toEqual({ a: '😀' })
  })

  test('takes JSON types with a charset of UTF-8 only', async () => {
    const typed = (type: string) =>
      readJsonBody(
        new Request('http://hub/', { method: 'POST', body: '{}', headers: { 'content-type': type } }),
      )
    expect((await typed('application/json; charset=UTF-8')).value).toEqual({})
    expect((await typed('application/merge-patch+json')).value).toEqual({})
    for (const type of ['application/json; charset=latin1', 'text/json', 'application/jsonp']) {
      await expect(typed(type)).rejects.toMatchObject({ code: 'UNSUPPORTED_MEDIA_TYPE' })
    }
  })
})

describe('refusals', () => {
  const seen = {
    tokenLimit: 100,
    tokensUsed: 80,
    tokensHeld: 5,
    tokensRemaining: 15,
    periodEndsAt: new Date(0),
  }
  const figures = { token_limit: 100, tokens_used: 80, tokens_held: 5, tokens_remaining: 15 }

  test('RateLimit fields give whole seconds, never too few', () => {
    expect(rateLimitHeaders(limits)).toEqual({
      'ratelimit-policy': '"requests";q=60;w=60, "burst";q=30',
      ratelimit: '"burst";r=4;t=26',
    })
  })

  test.each([
    ['spent', 'TOKEN_LIMIT_EXCEEDED', false],
    ['too-large', 'TOKEN_LIMIT_EXCEEDED', false],
    ['held', 'TOKENS_HELD', true],
  ] as const)('%s: %s with the figures; to be tried again: %s', (reason, code, again) => {
    const problem = toRefusal({ admitted: false, reason, userId: 'x', seen, limits })
    expect(problem.code).toBe(code)
    expect(problem.details[0]).toMatchObject({ ...figures, period_ends_at: '1970-01-01T00:00:00.000Z' })
    expect(problem.headers['Retry-After'] !== undefined).toBe(again)
  })
})
