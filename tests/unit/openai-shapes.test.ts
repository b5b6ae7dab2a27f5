/**
 * Faults of this kind: an answer passes on what the server happened to send, where the client asked for another form of it
 * or relies on something that the server left out.
 */
import { describe, expect, test } from '@jest/globals'
import { toAnswer } from '../../src/domain/models/adapters/openai-answer'
import { inFormat } from '../../src/domain/models/embedding-format'
import { blocksOf } from '../../src/http/mcp/blocks'
import { ResponseWriter } from '../../src/http/openai/responses-stream'
import { KINDS } from './wire-setup'

describe('vectors', () => {
  const vector = [0.5, -2, 0.25]
  const base64 = Buffer.from(new Float32Array(vector).buffer).toString('base64')
  const answer = (embedding: unknown) => ({
    object: 'list',
    data: [{ index: 0, embedding }],
    usage: { total_tokens: 1 },
  })

  test('are base64 where that was asked for', () =>
    expect(inFormat(answer(vector), 'base64')).toEqual(answer(base64)))
  test.each(['float', undefined, null])('are numbers where %s was asked for', (format) =>
    expect(inFormat(answer(base64), format)).toEqual(answer(vector)),
  )
  test('are so at every interface, as the adapter reads them', () => {
    const target = KINDS.chat.target
    for (const [format, sent, shown] of [
      ['base64', vector, base64],
      [undefined, base64, vector],
    ] as const) {
      const ask = { api: 'embeddings' as const, body: { encoding_format: format }, maxOutputTokens: null }
      const read = toAnswer(ask, JSON.stringify(answer(sent)), target)
      expect(read).toMatchObject({ ok: true, value: { data: [{ embedding: shown }] } })
      expect(read).toMatchObject({ text: JSON.stringify(answer(shown)) })
    }
  })
  test('stay as they are where they are in that form', () => {
    expect(inFormat(answer(base64), 'base64')).toBeNull()
    expect(inFormat(answer(vector), 'float')).toBeNull()
    expect(inFormat({ data: [null, 1] }, 'float')).toBeNull()
  })
})

test('the end of a response carries what the hub counted, where its server told nothing', () => {
  const frame = { id: 'resp_1', createdAt: 1, model: 'm', request: {} }
  const chunk = { choices: [{ delta: { content: 'Hello' }, finish_reason: 'stop' }] }
  const counted = { input_tokens: 3, output_tokens: 1, total_tokens: 4 }
  const silent = new ResponseWriter(frame)
  silent.push(chunk)
  expect(silent.finish(counted).at(-1)).toMatchObject({
    type: 'response.completed',
    response: { usage: counted },
  })
  const telling = new ResponseWriter(frame)
  telling.push({ ...chunk, usage: { prompt_tokens: 20, completion_tokens: 10 } })
  expect(telling.finish(counted).at(-1)).toMatchObject({
    response: { usage: { input_tokens: 20, output_tokens: 10 } },
  })
})

describe('the end of a response', () => {
  const frame = { id: 'resp_1', createdAt: 1, model: 'm', request: {} }
  const chunk = (content: string, finish_reason: string | null) => ({
    choices: [{ delta: { content }, finish_reason }],
  })
  test('stays incomplete where later chunks say why they finished by an empty text', () => {
    const writer = new ResponseWriter(frame)
    for (const reason of ['null', 'length', '', 'null']) writer.push(chunk('x', reason))
    expect(writer.finish().at(-1)).toMatchObject({ type: 'response.incomplete' })
  })

  test('carries what the hub counted, where its server told a text without a token', () => {
    const writer = new ResponseWriter(frame)
    writer.push({ ...chunk('x', 'stop'), usage: { prompt_tokens: 20, completion_tokens: 0 } })
    const counted = { input_tokens: 3, output_tokens: 1, total_tokens: 4 }
    expect(writer.finish(counted).at(-1)).toMatchObject({ response: { usage: counted } })
  })
})

describe('blocks of an MCP tool', () => {
  const BLOCKS = [
    { type: 'text', text: 'hello' },
    { type: 'image', data: 'AAAA', mimeType: 'image/png' },
    { type: 'audio', data: 'AAAA', mimeType: 'audio/wav' },
    { type: 'resource', resource: { uri: 'file:///a', text: 'a' } },
    { type: 'resource_link', uri: 'file:///a', name: 'a', annotations: { priority: 1 } },
  ]
  test('pass as they came', () => expect(blocksOf({ content: BLOCKS })).toEqual(BLOCKS))
  test.each([
    [{}],
    [{ content: 'text' }],
    [{ content: [], more: 1 }],
    [{ content: [{ type: 'image', data: 1 }] }],
    [{ content: [{ type: 'other' }] }],
  ])('are not seen in %j', (output) => expect(blocksOf(output)).toBeNull())
})
