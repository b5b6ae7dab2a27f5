import { afterAll, beforeAll, expect, test } from '@jest/globals'
import { DOORS } from '../models/ask-doors'
import { type Caller, newCaller, newModel } from '../models/setup'
import { newTool } from '../support/catalogue'
import { type ModelUpstream, startModelUpstream } from '../support/model-upstream'

/** Who sends inputs that take a tool longer than its time, or that a model stumbles over, is left alone with it: all others are answered. */
let upstream: ModelUpstream
let slow: Caller
let other: Caller

beforeAll(async () => {
  upstream = await startModelUpstream()
  slow = await newCaller(100_000_000)
  other = await newCaller(100_000_000)
})

afterAll(() => upstream.close())

const settings = { timeout_ms: 500, retries: 0 }
const tools = {
  'a model': () => newModel(`${upstream.url}/slow/60000`, settings),
  'a tool': () => newTool(`${upstream.url}/slow/60000`, settings),
}

test.each([
  ['a model', 'invoke'],
  ['a model', 'chat'],
  ['a model', 'chat as a stream'],
  ['a tool', 'invoke'],
] as const)('timeouts of one caller close %s to nobody else, by %s', async (kind, door) => {
  const { slug } = await tools[kind]()
  const ask = async (caller: Caller) => (await DOORS[door]?.(slug, caller))?.status
  for (let at = 0; at < 5; at += 1) expect(await ask(slow)).toBe(504)
  expect([await ask(slow), await ask(other)]).toEqual([503, 504])
})

test.each(['invoke', 'chat', 'chat as a stream'] as const)(
  'a 500 that a model answers to one caller closes it to nobody else, by %s',
  async (door) => {
    const { slug } = await newModel(`${upstream.url}/status/500`)
    const ask = async (caller: Caller) => (await DOORS[door]?.(slug, caller))?.status
    for (let at = 0; at < 5; at += 1) expect(await ask(slow)).toBe(502)
    expect([await ask(slow), await ask(other)]).toEqual([503, 502])
  },
)
