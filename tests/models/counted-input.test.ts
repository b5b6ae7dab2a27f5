import { afterAll, beforeAll, expect, test } from '@jest/globals'
import { type ModelUpstream, startModelUpstream } from '../support/model-upstream'
import { askDoor, type Caller, newCaller, newModel, rowsOf } from './setup'

/** What goes in is held for and, where nothing is reported, charged: nothing that a model reads may hide from the count. */
let upstream: ModelUpstream
let caller: Caller

beforeAll(async () => {
  upstream = await startModelUpstream()
  caller = await newCaller(100_000_000)
})

afterAll(() => upstream.close())

const WORDS = 5_000
const long = 'word '.repeat(WORDS)

async function inputOf(body: object, door = '/chat/completions', more: Record<string, unknown> = {}) {
  const tool = await newModel(`${upstream.url}/silent`, more)
  const answer = await askDoor(door, caller.key, { model: tool.slug, ...body })
  await answer.text()
  const [row] = await rowsOf(tool.id)
  expect([answer.status, row?.held]).toEqual([200, expect.any(Number)])
  expect(row?.held).toBeGreaterThanOrEqual(row?.input_tokens ?? 0)
  return row?.input_tokens ?? 0
}

const user = (content: unknown, more: object = {}) => ({ messages: [{ role: 'user', content }], ...more })

test.each<[string, object]>([
  ['a text', user(long)],
  ['a text that begins like a file', user(`data:;base64,${long}`)],
  ['a text with a file in quotes', user(`See "data:;base64,${long}"`)],
  ['a part of text that has an address too', user([{ type: 'text', text: long, image_url: { url: 'x' } }])],
  ['the schema of a tool', user('x', { tools: [{ type: 'function', url: `data:;base64,${long}` }] })],
  ['a field that the hub does not know', user('x', { documents: [{ title: long }] })],
  [
    'a file of text',
    user([
      {
        type: 'file',
        file: { file_data: `data:text/plain;base64,${Buffer.from(long).toString('base64')}` },
      },
    ]),
  ],
])('%s counts in full', async (_, body) => {
  expect(await inputOf(body)).toBeGreaterThan(WORDS)
})

test('the input of embeddings that begins like a file counts in full', async () => {
  const more = { model: { kind: 'embeddings' } }
  expect(await inputOf({ input: `data:;base64,${long}` }, '/embeddings', more)).toBeGreaterThan(WORDS)
})

const bytes = Buffer.alloc(60_000, 7).toString('base64')

test.each<[string, object]>([
  ['an image', { type: 'image_url', image_url: { url: `data:image/png;base64,${bytes}` } }],
  ['the address of an image', { type: 'image_url', image_url: { url: 'https://example.org/a.png' } }],
  ['a file', { type: 'file', file: { file_data: `data:application/pdf;base64,${bytes}` } }],
  ['a sound', { type: 'input_audio', input_audio: { data: bytes, format: 'wav' } }],
])('%s counts as an image of usual size', async (_, part) => {
  const tokens = await inputOf(user([{ type: 'text', text: 'What is this?' }, part]))
  expect(tokens).toBeGreaterThan(1_000)
  expect(tokens).toBeLessThan(1_100)
})

test('images of a response count as those of a chat', async () => {
  const content = [{ type: 'input_image', image_url: `data:image/png;base64,${bytes}` }]
  const tokens = await inputOf({ input: [{ role: 'user', content }] }, '/responses')
  expect(tokens).toBeGreaterThan(1_000)
  expect(tokens).toBeLessThan(1_100)
})
