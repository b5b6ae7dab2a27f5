import { describe, expect, test } from '@jest/globals'
import {
  countedText,
  countIds,
  mediaTokens,
  producedText,
  textOfContent,
} from '../../src/domain/models/counted-text'
import { readUsage, usageWith, weigh } from '../../src/domain/models/usage'

/**
 * Counts as providers report them: each has its own names and habits, and a count that is misread makes tokens free or
 * charges them twice.
 */
const counts = (usage: unknown) => {
  const read = readUsage(usage)
  return read && [read.inputTokens, read.outputTokens, read.reasoningTokens]
}
const cache = (usage: unknown) => {
  const read = readUsage(usage)
  return read && [read.inputTokens, read.cachedInputTokens, read.cacheWrite5mTokens, read.cacheWrite1hTokens]
}
const chat = { prompt_tokens: 100, completion_tokens: 20 }
const reasoning = (reasoning_tokens: unknown) => ({ completion_tokens_details: { reasoning_tokens } })

describe('input, output and reasoning', () => {
  test.each<[string, object, number[]]>([
    ['a chat', { ...chat, total_tokens: 120, ...reasoning(5) }, [100, 20, 5]],
    ['without a total', { ...chat, ...reasoning(5) }, [100, 20, 5]],
    ['reasoning beside the output', { ...chat, total_tokens: 170, ...reasoning(50) }, [100, 70, 50]],
    ['the same, told at the top', { ...chat, total_tokens: 170, reasoning_tokens: 50 }, [100, 70, 50]],
    ['reasoning that only the total knows', { ...chat, total_tokens: 170 }, [100, 70, 50]],
    ['reasoning that cannot be a part, without a total', { ...chat, ...reasoning(50) }, [100, 70, 50]],
    ['a total that is too small', { ...chat, total_tokens: 3 }, [100, 20, 0]],
    ['a bad total', { ...chat, total_tokens: -1 }, [100, 20, 0]],
    ['bad details', { ...chat, ...reasoning('5') }, [100, 20, 0]],
    ['only input and total', { prompt_tokens: 100, total_tokens: 120 }, [100, 20, 0]],
    ['only output and total', { completion_tokens: 20, total_tokens: 120 }, [100, 20, 0]],
    ['a response', { input_tokens: 100, output_tokens: 20, total_tokens: 120 }, [100, 20, 0]],
    ['no output', { prompt_tokens: 100, completion_tokens: 0, total_tokens: 100 }, [100, 0, 0]],
  ])('%s', (_, usage, expected) => expect(counts(usage)).toEqual(expected))

  test.each([
    null,
    [],
    {},
    { prompt_tokens: 100 },
    { prompt_tokens: 100, total_tokens: 100 },
    ...[null, -1, 1.5, '20', true, Number.NaN, Number.POSITIVE_INFINITY, [20], { n: 20 }].flatMap((bad) => [
      { prompt_tokens: 100, completion_tokens: bad },
      { prompt_tokens: bad, completion_tokens: 20 },
    ]),
    { prompt_tokens: 0, completion_tokens: 0, total_tokens: 0 },
    { prompt_tokens: 0, completion_tokens: 20 },
  ])('what cannot be counts is no report, so that the hub counts: %j', (usage) =>
    expect(readUsage(usage)).toBeNull(),
  )

  test('embeddings have no output, and their total is their input', () => {
    const read = (usage: object) => readUsage(usage, 'embeddings')
    expect(read({ prompt_tokens: 8, total_tokens: 8 })).toMatchObject({ inputTokens: 8, outputTokens: 0 })
    expect(read({ total_tokens: 9 })).toMatchObject({ inputTokens: 9, outputTokens: 0 })
    expect(read({ prompt_tokens: 0, total_tokens: 0 })).toBeNull()
    expect(read({ prompt_tokens: null })).toBeNull()
  })
})

describe('what was read from a cache, or written to one', () => {
  test.each<[string, object, number[]]>([
    ['OpenAI', { ...chat, prompt_tokens_details: { cached_tokens: 60 } }, [100, 60, 0, 0]],
    [
      'a response',
      { input_tokens: 100, output_tokens: 1, input_tokens_details: { cached_tokens: 60 } },
      [100, 60, 0, 0],
    ],
    ['DeepSeek', { ...chat, prompt_cache_hit_tokens: 60, prompt_cache_miss_tokens: 40 }, [100, 60, 0, 0]],
    ['Moonshot', { ...chat, cached_tokens: 60 }, [100, 60, 0, 0]],
    ['Google', { ...chat, cachedContentTokenCount: 60 }, [100, 60, 0, 0]],
    ['more than there was', { ...chat, total_tokens: 120, cached_tokens: 1e12 }, [1e12 + 100, 1e12, 0, 0]],
    [
      'Anthropic, beside its input',
      { input_tokens: 10, output_tokens: 1, cache_read_input_tokens: 60, cache_creation_input_tokens: 30 },
      [100, 60, 30, 0],
    ],
    [
      'Anthropic, by how long',
      {
        input_tokens: 10,
        output_tokens: 1,
        cache_creation_input_tokens: 90,
        cache_creation: { ephemeral_5m_input_tokens: 30, ephemeral_1h_input_tokens: 60 },
      },
      [100, 0, 30, 60],
    ],
    [
      'a router, as a part',
      { ...chat, prompt_tokens_details: { cached_tokens: 60, cache_write_tokens: 30 } },
      [100, 60, 30, 0],
    ],
    [
      'a router, beside',
      { prompt_tokens: 10, completion_tokens: 20, cache_read_input_tokens: 90 },
      [100, 90, 0, 0],
    ],
    ['a router, by its total', { ...chat, total_tokens: 180, cache_read_input_tokens: 60 }, [160, 60, 0, 0]],
    ['bad counts', { ...chat, cached_tokens: '60', prompt_cache_hit_tokens: -1 }, [100, 0, 0, 0]],
  ])('%s', (_, usage, expected) => expect(cache(usage)).toEqual(expected))

  const weights = {
    input: 100,
    cachedInput: 10,
    output: 100,
    reasoning: 100,
    cacheWrite5m: null,
    cacheWrite1h: null,
  }
  const usage = readUsage({
    input_tokens: 100,
    output_tokens: 0,
    cache_read_input_tokens: 100,
    cache_creation: { ephemeral_5m_input_tokens: 100, ephemeral_1h_input_tokens: 100 },
    cache_creation_input_tokens: 200,
  })
  test('each has a weight of its own; a weight that is not set is that of other input', () => {
    if (!usage) throw new Error('it was read')
    expect(weigh(usage, weights)).toBe(310)
    expect(weigh(usage, { ...weights, cacheWrite5m: 125, cacheWrite1h: 200 })).toBe(435)
    expect(weigh(usage, { ...weights, cacheWrite5m: 0 })).toBe(210)
  })

  test('a usage that is told anew keeps its own words', () => {
    if (!usage) throw new Error('it was read')
    const told = { input_tokens: 1, output_tokens: 1, input_tokens_details: { x: 1 }, cost: 3 }
    expect(usageWith(told, usage)).toMatchObject({
      input_tokens: 400,
      total_tokens: 400,
      input_tokens_details: { x: 1, cached_tokens: 100 },
      cost: 3,
    })
  })
})

describe('what goes in and is counted', () => {
  const bytes = Buffer.alloc(60_000, 7).toString('base64')
  const long = 'word '.repeat(2_000)
  const inputOf = (content: unknown) => countedText({ messages: [{ role: 'user', content }] })

  test.each<[string, object]>([
    ['Anthropic', { type: 'image', source: { type: 'base64', media_type: 'image/png', data: bytes } }],
    ['Anthropic, by address', { type: 'image', source: { type: 'url', url: 'https://example.org/a.png' } }],
    [
      'Anthropic, a document',
      { type: 'document', source: { type: 'base64', media_type: 'application/pdf', data: bytes } },
    ],
    ['Google', { inlineData: { mimeType: 'image/png', data: bytes } }],
    ['Google, in snake case', { inline_data: { mime_type: 'image/png', data: bytes } }],
    ['Google, by address', { fileData: { fileUri: 'https://example.org/a.png' } }],
    ['a response', { type: 'input_image', image_url: `data:image/png;base64,${bytes}` }],
    [
      "a tool's result",
      {
        type: 'tool_result',
        content: [{ type: 'image', source: { type: 'base64', media_type: 'image/png', data: bytes } }],
      },
    ],
  ])('an image of %s counts as an image', (_, part) => {
    const text = inputOf([part])
    expect(text.length).toBeLessThan(6_500)
    expect(text.split('image ').length).toBeGreaterThan(1_000)
    expect(mediaTokens({ messages: [{ role: 'user', content: [part] }] })).toBe(1_000)
  })

  test.each<[string, unknown]>([
    [
      'a document of text',
      [{ type: 'document', source: { type: 'text', media_type: 'text/plain', data: long } }],
    ],
    [
      'a document of blocks',
      [{ type: 'document', source: { type: 'content', content: [{ type: 'text', text: long }] } }],
    ],
    [
      'text as data',
      [{ inlineData: { mimeType: 'text/plain', data: Buffer.from(long).toString('base64') } }],
    ],
    ['what a tool was called with', [{ type: 'tool_use', name: 'x', input: { image_url: long } }]],
    ['a field of a message', long],
    [
      'results within results',
      [{ type: 'tool_result', content: [{ type: 'tool_result', content: [{ image_url: long }] }] }],
    ],
  ])('%s counts in full', (_, content) => expect(inputOf(content).length).toBeGreaterThanOrEqual(long.length))

  test('screens and made images of a response count as images', () => {
    const input = [
      {
        type: 'computer_call_output',
        output: { type: 'computer_screenshot', image_url: `data:image/png;base64,${bytes}` },
      },
      { type: 'image_generation_call', result: bytes },
    ]
    expect(mediaTokens({ input })).toBe(2_000)
    expect(countedText({ input }).length).toBeLessThan(12_500)
  })

  test('tokens count as what they are: one each', () => {
    expect(countIds([1, 2, 3])).toBe(3)
    expect(countIds([[1, 2], [3], []])).toBe(3)
    expect(countIds(['1, 2, 3'])).toBe(0)
    expect(countIds('text')).toBe(0)
  })
})

describe('what a model produced counts, wherever it stands', () => {
  const produced = (message: object) => producedText({ choices: [{ message }] })
  test.each([
    [{ content: null, reasoning_content: '', reasoning: 'Hm.' }, 'Hm.'],
    [{ content: { type: 'text', text: 'Yes.' } }, 'Yes.'],
    [{ tool_calls: [{ type: 'custom', custom: { name: 'run', input: ' it' } }] }, 'run it'],
    [{ function_call: { name: 'find', arguments: '{}' } }, 'find{}'],
  ])('%j', (message, text) => expect(produced(message)).toBe(text))

  test('of a response: summaries of its reasoning, and input of its own tools', () => {
    const output = [
      { type: 'reasoning', summary: [{ type: 'summary_text', text: 'Hm. ' }] },
      { type: 'custom_tool_call', name: 'run', input: ' it' },
    ]
    expect(producedText({ output })).toBe('Hm. run it')
  })
})

describe('content that is a list of parts', () => {
  const content = [
    { type: 'thinking', thinking: [{ type: 'text', text: 'Hm. ' }] },
    { type: 'text', text: 'Yes' },
    { type: 'text', text: ', it is.' },
    null,
  ]
  test('counts with what was thought, and shows its text', () => {
    expect(textOfContent(content, true)).toBe('Yes, it is.')
    expect(producedText({ choices: [{ message: { content } }] })).toBe('Hm. Yes, it is.')
    expect(producedText({ choices: [{ delta: { content } }] })).toBe('Hm. Yes, it is.')
  })
})
