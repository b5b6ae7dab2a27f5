import { afterAll, beforeAll, describe, expect, test } from '@jest/globals'
import type { TestTool } from '../support/catalogue'
import { call } from '../support/client'
import { type ModelUpstream, startModelUpstream } from '../support/model-upstream'
import { askDoor, type Caller, newCaller, newModel } from './setup'

/**
 * All callers share the account that a model's key belongs to: nobody may name what is stored there, and nothing of
 * theirs is left there.
 */
let upstream: ModelUpstream
let caller: Caller
let model: TestTool
let native: TestTool
let gemini: TestTool

beforeAll(async () => {
  upstream = await startModelUpstream()
  caller = await newCaller(100_000_000)
  model = await newModel(`${upstream.url}/normal`, { model: { open_options: ['modalities'] } })
  native = await newModel(`${upstream.url}/native`, {
    model: { speaks_responses: true, open_options: ['code_interpreter'] },
  })
  gemini = await newModel(`${upstream.url}/gemini`, { adapter: 'google', model: { name: 'gemini-3-pro' } })
})

afterAll(() => upstream.close())

const calls = () => ['normal', 'native', 'gemini'].flatMap((behaviour) => upstream.seen(behaviour)).length
const user = (...content: object[]) => [{ role: 'user', content }]
const AT_FILES = 'https://generativelanguage.googleapis.com/v1beta/files/abc'

/** What is sent beside a usual body, and the field that is at fault. */
const IN_CHATS: [object, string][] = [
  [
    { messages: user({ type: 'text', text: 'x' }, { type: 'file', file: { file_id: 'file-1' } }) },
    'messages[0].content[1].file.file_id',
  ],
  [
    { messages: user({ type: 'image_url', image_url: { url: AT_FILES } }) },
    'messages[0].content[0].image_url',
  ],
  [{ messages: user({ fileData: { fileUri: AT_FILES } }) }, 'messages[0].content[0].fileData'],
  [
    { messages: [{ role: 'assistant', audio: { id: 'audio_1' } }, ...user({ type: 'text', text: 'x' })] },
    'messages[0].audio',
  ],
  [{ previous_response_id: 'resp_1' }, 'previous_response_id'],
  [{ conversation: 'conv_1' }, 'conversation'],
  [{ thread_id: 'thread_1' }, 'thread_id'],
  [{ container: 'container_1' }, 'container'],
  [{ container: { id: 'container_1', skills: [] } }, 'container'],
  [{ tools: [{ type: 'file_search', vector_store_ids: ['vs_1'] }] }, 'tools[0].vector_store_ids'],
  [{ data_sources: [{ type: 'azure_search', parameters: { index_name: 'of the admin' } }] }, 'data_sources'],
  [{ tools: [{ type: 'collections_search', collection_ids: ['c_1'] }] }, 'tools[0].collection_ids'],
  [{ extra_body: { google: { cached_content: 'cachedContents/1' } } }, 'extra_body.google.cached_content'],
]

const IN_RESPONSES: [object, string][] = [
  [{ previous_response_id: 'resp_1' }, 'previous_response_id'],
  [{ conversation: { id: 'conv_1' } }, 'conversation'],
  [{ prompt: { id: 'pmpt_1' } }, 'prompt'],
  [{ input: user({ type: 'input_file', file_id: 'file-1' }) }, 'input[0].content[0].file_id'],
  [{ input: user({ type: 'input_image', file_id: 'file-1' }) }, 'input[0].content[0].file_id'],
  [
    { input: [{ type: 'computer_call_output', call_id: 'c', output: { file_id: 'file-1' } }] },
    'input[0].output.file_id',
  ],
  [
    { input: [{ type: 'function_call_output', call_id: 'c', output: [{ file_id: 'file-1' }] }] },
    'input[0].output[0].file_id',
  ],
  [{ input: [{ type: 'code_interpreter_call', container_id: 'cntr_1' }] }, 'input[0].container_id'],
  [{ tools: [{ type: 'file_search', vector_store_ids: ['vs_1'] }] }, 'tools[0].vector_store_ids'],
  [{ tools: [{ type: 'code_interpreter', container: 'cntr_1' }] }, 'tools[0].container'],
  [
    { tools: [{ type: 'code_interpreter', container: { type: 'auto', file_ids: ['file-1'] } }] },
    'tools[0].container.file_ids',
  ],
  [
    { tools: [{ type: 'image_generation', input_image_mask: { file_id: 'file-1' } }] },
    'tools[0].input_image_mask.file_id',
  ],
  [
    { tools: [{ type: 'shell', environment: { skills: [{ skill_id: 'skill_1' }] } }] },
    'tools[0].environment.skills[0].skill_id',
  ],
]

/** OpenAI's server completes these by their id. */
const BY_ID: [object, string][] = [
  [{ input: [{ type: 'reasoning', id: 'rs_1', summary: [] }] }, 'input[0]'],
  [{ input: [{ type: 'image_generation_call', id: 'ig_1' }] }, 'input[0]'],
]

describe('what is stored in the account of the provider may not be named', () => {
  test.each(IN_CHATS)('by a chat: %j', async (more, param) => {
    const before = calls()
    const messages = user({ type: 'text', text: 'x' })
    for (const { slug } of [model, gemini]) {
      const answer = await askDoor('/chat/completions', caller.key, { model: slug, messages, ...more })
      expect([answer.status, await answer.json()]).toMatchObject([400, { error: { param } }])
    }
    const body = { input: { messages, ...more } }
    const invoked = await call('POST', `/tools/${model.slug}/invoke`, { token: caller.token, body })
    expect([invoked.status, invoked.error?.details[0]?.field]).toEqual([400, `input.${param}`])
    expect(calls()).toBe(before)
  })

  test.each(IN_RESPONSES)('by a response, passed through or translated: %j', async (more, param) => {
    const before = calls()
    for (const { slug } of [native, model]) {
      const answer = await askDoor('/responses', caller.key, { model: slug, input: 'x', ...more })
      expect([answer.status, await answer.json()]).toMatchObject([400, { error: { param } }])
    }
    expect(calls()).toBe(before)
  })

  test.each(BY_ID)('by an item that lacks what it is about: %j', async (more, param) => {
    const before = calls()
    const answer = await askDoor('/responses', caller.key, { model: native.slug, ...more })
    expect([answer.status, await answer.json()]).toMatchObject([400, { error: { param } }])
    expect(calls()).toBe(before)
  })
})

test('a refusal says why, and the way out', async () => {
  const messages = user({ type: 'file', file: { file_id: 'file-1' } })
  const answer = await askDoor('/chat/completions', caller.key, { model: model.slug, messages })
  const { error } = (await answer.json()) as { error: { message: string; type: string } }
  expect(error).toMatchObject({
    type: 'invalid_request_error',
    message: expect.stringMatching(/which all callers share: send the content itself/),
  })
})

test.each([true, false, 'yes'])('nothing is left there: store: %j is sent as false', async (store) => {
  const messages = user({ type: 'text', text: 'x' })
  expect(
    (await askDoor('/chat/completions', caller.key, { model: model.slug, messages, store })).status,
  ).toBe(200)
  expect(upstream.seen('normal').at(-1)?.body.store).toBe(false)
  expect((await askDoor('/responses', caller.key, { model: native.slug, input: 'x', store })).status).toBe(
    200,
  )
  expect(upstream.seen('native').at(-1)?.body.store).toBe(false)
})

test('a server that knows no store is sent none, where the caller says none', async () => {
  const messages = user({ type: 'text', text: 'x' })
  expect((await askDoor('/chat/completions', caller.key, { model: model.slug, messages })).status).toBe(200)
  expect(upstream.seen('normal').at(-1)?.body).not.toHaveProperty('store')
})

test('the caller’s own words may have such names: schemas, arguments, notes, and what comes along', async () => {
  const parameters = { type: 'object', properties: { file_id: { type: 'string' }, container: { id: 'x' } } }
  const messages = [
    ...user({ type: 'file', file: { file_data: 'data:text/plain;base64,eA==' } }),
    ...user({ type: 'file', file: { file_id: 'https://example.org/a.pdf' } }),
    { role: 'assistant', content: 'file_id', annotations: [{ file_id: 'file-1' }] },
    { role: 'assistant', content: [{ type: 'tool_use', id: 'a', name: 'x', input: { file_id: 'mine' } }] },
  ]
  const chat = {
    model: model.slug,
    messages,
    metadata: { file_id: 'mine' },
    tools: [{ type: 'function', function: { name: 'file_id', parameters } }],
    guided_json: { $defs: { file_id: { type: 'string' } }, definitions: { file_id: { type: 'string' } } },
    chat_template_kwargs: { container: 'box' },
    response_format: { type: 'json_schema', json_schema: { name: 'x', schema: parameters } },
    audio: { voice: 'alloy', format: 'wav' },
  }
  expect((await askDoor('/chat/completions', caller.key, chat)).status).toBe(200)
  const response = {
    model: native.slug,
    input: [
      { type: 'reasoning', id: 'rs_1', summary: [], encrypted_content: 'mine' },
      { role: 'user', content: 'x' },
      { type: 'local_shell_call', call_id: 'c', action: { type: 'exec', env: { container: 'box' } } },
    ],
    tools: [
      { type: 'function', name: 'x', parameters },
      { type: 'code_interpreter', container: { type: 'auto' } },
    ],
  }
  expect((await askDoor('/responses', caller.key, response)).status).toBe(200)
})
