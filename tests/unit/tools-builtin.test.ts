import { describe, expect, test } from '@jest/globals'
import { builtinTools, seedTools } from '../../src/domain/tools/builtin'
import { callTool } from '../../src/domain/tools/call-tool'
import { checkInputSchema, inputProblems } from '../../src/domain/tools/input'
import { busyMs } from '../support/fair-time'
import { aTool } from '../tools/fixture'

const offered = (builtin: string) => aTool({ adapter: 'builtin', builtin, endpoint: null })
const run = async (builtin: string, input: Record<string, unknown>, timeoutMs = 20_000) => {
  const answer = await callTool(offered(builtin), input, { callerId: 'u', requestId: 'r', timeoutMs })
  if (!answer.ok) throw new Error(answer.logMessage)
  return answer.output
}

const ARTICLE = `The honey bee is one of the best known insects. Honey bees live in colonies, and a colony of
honey bees may have 60,000 members.

Every colony has one queen. The queen lays up to 2,000 eggs a day. Worker bees gather nectar and pollen, and the
workers turn nectar into honey. It was warm. A worker bee visits thousands of flowers to make a spoon of honey.
Dr. Karl von Frisch found that worker bees dance to tell the colony where flowers are. He received a prize in 1973.
Farmers need honey bees because the bees pollinate almonds, apples and many other crops.`

describe('the tools of a new hub', () => {
  test.each(seedTools.map((tool) => [tool.slug, tool] as const))(
    '%s: its schema takes its example, and it runs',
    async (_slug, tool) => {
      expect(checkInputSchema(tool.inputSchema)).toEqual([])
      expect(inputProblems(offered(tool.builtin), tool.example)).toEqual([])
      expect(Object.keys(await run(tool.builtin, tool.example)).length).toBeGreaterThan(1)
    },
  )
  test('every function is offered, one of them above the free plan', () => {
    expect(seedTools.map((tool) => tool.builtin).sort()).toEqual(Object.keys(builtinTools).sort())
    expect(seedTools.some((tool) => tool.minimumTier !== 'free')).toBe(true)
  })
})

describe('count-tokens', () => {
  // Counts of OpenAI's own tokenizer.
  test.each([
    ['o200k_base', 'hello world', 2],
    ['cl100k_base', 'tiktoken is great!', 6],
    ['p50k_base', 'antidisestablishmentarianism', 5],
    ['r50k_base', 'antidisestablishmentarianism', 5],
    ['cl100k_base', 'antidisestablishmentarianism', 6],
    ['cl100k_base', 'お誕生日おめでとう', 9],
    ['p50k_base', 'お誕生日おめでとう', 14],
    ['cl100k_base', '2 + 2 = 4', 7],
    ['r50k_base', '2 + 2 = 4', 5],
  ])('in %s %s has %i', async (encoding, text, tokens) => {
    expect(await run('count-tokens', { text, encoding })).toMatchObject({ tokens, encoding })
  })
  test('an emoji is one character', async () =>
    expect(await run('count-tokens', { text: 'a 😀' })).toMatchObject({
      characters: 3,
      words: 2,
      encoding: 'o200k_base',
    }))
})

describe('detect-language', () => {
  test.each([
    [
      'deu',
      'de',
      'Alle Menschen sind frei und gleich an Würde und Rechten geboren. Sie sind mit Vernunft begabt.',
    ],
    [
      'eng',
      'en',
      'All human beings are born free and equal in dignity and rights. They are endowed with reason.',
    ],
    [
      'fra',
      'fr',
      'Tous les êtres humains naissent libres et égaux en dignité et en droits. Ils sont doués de raison.',
    ],
    ['jpn', 'ja', 'すべての人間は、生まれながらにして自由であり、かつ、尊厳と権利とについて平等である。'],
    [
      'rus',
      'ru',
      'Все люди рождаются свободными и равными в своём достоинстве и правах. Они наделены разумом.',
    ],
  ])('%s', async (language, tag, text) => {
    expect(await run('detect-language', { text })).toMatchObject({
      language,
      tag,
      candidates: expect.any(Array),
    })
  })
  test('says when it cannot tell', async () =>
    expect(await run('detect-language', { text: '12' })).toMatchObject({ language: 'und', short_text: true }))
})

describe('summarize', () => {
  test('picks whole sentences of the text, in their order, about its subject', async () => {
    const output = await run('summarize', { text: ARTICLE, sentences: 3 })
    const picked = output.sentences as { position: number; text: string }[]
    expect(picked).toHaveLength(3)
    expect(picked.map((one) => one.position)).toEqual(picked.map((one) => one.position).sort((a, b) => a - b))
    for (const { text } of picked) expect(ARTICLE.replace(/\s+/g, ' ')).toContain(text)
    expect(output.summary).toContain('bees')
    expect(output.summary).not.toContain('It was warm')
    expect(output.sentence_count).toBe(10)
  })
  test('gives what there is of a short text, and nothing of blanks', async () => {
    expect(await run('summarize', { text: 'Short.' })).toMatchObject({ summary: 'Short.', sentence_count: 1 })
    expect(await run('summarize', { text: ' \n\n ' })).toMatchObject({ summary: '', sentence_count: 0 })
  })
})

describe('keywords', () => {
  test('finds what the text is about, once each', async () => {
    const output = await run('keywords', { text: ARTICLE, limit: 8 })
    const words = (output.keywords as { keyword: string }[]).map((one) => one.keyword.toLowerCase())
    expect(words).toHaveLength(8)
    expect(words).toEqual(expect.arrayContaining(['honey bee', 'worker bees', 'queen']))
    expect(new Set(words).size).toBe(8)
  })
})

describe('text that is meant to stop the hub', () => {
  const hostile = ['http://', 'http://www.a-a.a@', 'a', ' ', '漢字', '😀', "a'", '. ', '\n\n', 'a-'].map(
    (seed) => seed.repeat(Math.ceil(100_000 / seed.length)).slice(0, 100_000),
  )
  test.each(Object.keys(builtinTools))('%s takes 100,000 characters of it', async (name) => {
    for (const text of hostile) expect(await busyMs(() => run(name, { text }))).toBeLessThan(3_000)
  })
  test('the time limit holds', async () => {
    const text = 'A sentence about bees and the honey that they make. '.repeat(1_900)
    const answer = await callTool(
      offered('summarize'),
      { text },
      { callerId: 'u', requestId: 'r', timeoutMs: 10 },
    )
    expect(answer).toMatchObject({ ok: false, code: 'TOOL_TIMEOUT', status: 'timeout' })
  })
  test('an unknown function is TOOL_UNAVAILABLE', async () =>
    expect(await callTool(offered('constructor'), {}, { callerId: 'u', requestId: 'r' })).toMatchObject({
      ok: false,
      code: 'TOOL_UNAVAILABLE',
    }))
})
