import { beforeAll, expect, test } from '@jest/globals'
import { httpAdapter } from '../../src/domain/tools/adapters/http'
import type { ToolInput } from '../../src/domain/tools/tool'
import { parseJson, toJson } from '../../src/platform/kernel/exact-json'
import { busyMs } from '../support/fair-time'
import { InProcessUpstream, type Script } from '../support/in-process-upstream'
import { aTool, useSettings } from '../tools/fixture'

/** Protects against answers of HTTP tools that are legal and not read, and against integers that lose their digits there. */
let upstream: InProcessUpstream

beforeAll(() => {
  useSettings()
  upstream = new InProcessUpstream().install()
})

const call = (script: Script, input: ToolInput = {}) => {
  upstream.answer(script)
  const tool = aTool({ endpoint: 'https://tool.example/x', headers: { 'accept-encoding': 'gzip' } })
  return httpAdapter.invoke(tool, input, { requestId: 'r', timeoutMs: 5_000 })
}

const BIG = '12345678901234567890'
const JSON_TEXT = `{"id":${BIG},"text":"Grüße 🦊"}`

test.each<[string, Script]>([
  ['JSON', { chunks: [JSON_TEXT] }],
  ['a byte order mark', { chunks: [`\uFEFF${JSON_TEXT}`] }],
  ['a media type in capitals', { chunks: [JSON_TEXT], headers: { 'content-type': 'Application/JSON' } }],
  ['identity in capitals', { chunks: [JSON_TEXT], headers: { 'content-encoding': 'Identity' } }],
  ['every byte by itself', { chunks: [...Buffer.from(JSON_TEXT)].map((byte) => Uint8Array.of(byte)) }],
  [
    'a stream',
    { chunks: [`: hi\n\nevent: message\ndata: {"part":1}\n\ndata: ${JSON_TEXT}\n\ndata: [DONE]\n\n`] },
  ],
  ['a stream that begins with the bare name of a field', { chunks: [`id\n\ndata: ${JSON_TEXT}\n\n`] }],
  ['a stream that begins with a field of its own', { chunks: [`x-took: 7\rdata: ${JSON_TEXT}\r\r`] }],
  ['a stream of CRs without its last blank line', { chunks: [`\uFEFFdata:\r\rdata: ${JSON_TEXT}`] }],
])('%s is read', async (_what, script) => {
  const answer = await call(script, parseJson(`{"id":${BIG}}`) as ToolInput)
  expect(answer).toMatchObject({ ok: true })
  expect(toJson(answer.ok && answer.output)).toBe(JSON_TEXT)
  expect(upstream.sent.at(-1)).toMatchObject({
    body: `{"id":${BIG}}`,
    headers: { 'accept-encoding': 'identity' },
  })
})

test.each<[string, Script]>([
  ['compressed', { chunks: [JSON_TEXT], headers: { 'content-encoding': 'GZIP' } }],
  ['a text', { chunks: ['this is no JSON'] }],
  ['a stream without an object', { chunks: ['data: hello\n\ndata: [DONE]\n\n'] }],
  ['half of JSON', { chunks: [JSON_TEXT.slice(0, 20)] }],
  ['nothing', { chunks: [] }],
])('%s is refused in so many words', async (_what, script) => {
  expect(await call(script)).toMatchObject({ ok: false, code: 'TOOL_BAD_RESPONSE' })
})

test.each([
  ['blanks', ' '.repeat(300_000)],
  ['byte order marks', '\uFEFF'.repeat(300_000)],
  ['a word', 'a'.repeat(300_000)],
])('an answer that is nothing but %s is refused in a moment', async (_what, body) => {
  let answer: unknown
  const busy = await busyMs(async () => {
    answer = await call({ chunks: [body] })
  })
  expect(answer).toMatchObject({ ok: false, code: 'TOOL_BAD_RESPONSE' })
  expect(busy).toBeLessThan(1_000)
})
