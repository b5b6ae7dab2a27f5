/**
 * Faults of this kind: a header that an official client sends, in one of the forms that its rules allow, is not understood,
 * and the client is refused, or answered in a form that it did not ask for.
 */
import { describe, expect, test } from '@jest/globals'
import { wantsStream } from '../../src/http/api/invoke-stream'
import { readJsonBody } from '../../src/http/kit/body'
import { ALLOWED_HEADERS, alsoAllowed } from '../../src/http/kit/cors-headers'

describe('a body is JSON', () => {
  const read = (type: string) =>
    readJsonBody(
      new Request('http://hub/', { method: 'POST', body: '{"a":1}', headers: { 'content-type': type } }),
    )

  test.each([
    'application/json',
    'Application/JSON',
    'application/json; charset=utf-8',
    'application/json; charset=utf8',
    'application/json;charset="UTF-8"',
    'application/json;',
    'application/json ; ',
    'application/json; charset=utf-8; profile="https://example.com/a"; odata=verbose',
    'application/json; q',
    'application/vnd.api+json',
    'application/json; charset=us-ascii',
  ])('%s', async (type) => expect((await read(type)).value).toEqual({ a: 1 }))

  test.each([
    'text/plain',
    'application/jsonp',
    'application/json; charset=utf-16',
    'application/json; charset=iso-8859-1',
    'x-application/json',
    '',
  ])('not by "%s"', async (type) =>
    expect(read(type)).rejects.toMatchObject({ code: 'UNSUPPORTED_MEDIA_TYPE' }),
  )
})

describe('a stream is wanted', () => {
  const wants = (accept: string) => wantsStream(new Headers(accept === '' ? {} : { accept }))

  test.each([
    'text/event-stream',
    'Text/Event-Stream',
    'application/json, text/event-stream',
    'text/event-stream;q=0.5',
    'text/html, text/event-stream; charset=utf-8; q=0.9, */*;q=0.1',
  ])('%s', (accept) => expect(wants(accept)).toBe(true))

  test.each([
    '',
    '*/*',
    'text/*',
    'application/json',
    'text/event-stream;q=0',
    'text/event-stream; q=0.000',
    'application/json, text/event-stream;q=0',
    'application/json, text/event-stream;q=0.5',
    'x-text/event-stream',
  ])('not by "%s"', (accept) => expect(wants(accept)).toBe(false))
})

describe('a page may send', () => {
  test.each([
    'user-agent',
    'authorization',
    'openai-organization',
    'openai-project',
    'openai-beta',
    'anthropic-version',
    'anthropic-dangerous-direct-browser-access',
    'mcp-session-id',
    'mcp-protocol-version',
    'last-event-id',
    'x-stainless-retry-count',
    'x-stainless-runtime-version',
    'x-stainless-custom-poll-interval',
  ])('%s, also where the preflight is answered without a look at it', (name) =>
    expect(ALLOWED_HEADERS.map((one) => one.toLowerCase())).toContain(name),
  )

  test('what a newer client has besides, and nothing else', () => {
    const asked =
      'x-stainless-new-thing, Mcp-Param-Region,openai-next, cookie, x-hub-address-1, x-stainless-lang, '
    expect(alsoAllowed(asked)).toEqual(['x-stainless-new-thing', 'Mcp-Param-Region', 'openai-next'])
  })
})
