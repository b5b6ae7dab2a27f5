import { afterAll, beforeAll, describe, expect, test } from '@jest/globals'
import { type ModelUpstream, startModelUpstream } from '../support/model-upstream'
import { type ProviderUpstream, startProviderUpstream } from '../support/provider-upstream'
import { DOORS } from './ask-doors'
import { balanceOf, type Caller, newCaller, newModel, rowsOf } from './setup'

/** Each fault of an upstream through each kind of door: what the caller is told, the row, and nothing held. */
let upstream: ModelUpstream
let provider: ProviderUpstream
let caller: Caller

beforeAll(async () => {
  upstream = await startModelUpstream()
  provider = await startProviderUpstream()
  caller = await newCaller(100_000_000)
})

afterAll(() => Promise.all([upstream.close(), provider.close()]))

const DOWN = [503, 'TOOL_UNAVAILABLE'] as const
const BAD = [502, 'TOOL_BAD_RESPONSE'] as const

/** By the upstream's behaviour: the status and code of the failure. */
const BEFORE: Record<string, readonly [number, string]> = {
  refused: DOWN,
  reset: DOWN,
  'headers-only': DOWN,
  'status/400': BAD,
  'status/401': BAD,
  'status/429': DOWN,
  'status/500': BAD,
  'status/503': DOWN,
  shapeless: BAD,
  huge: BAD,
  'slow/5000': [504, 'TOOL_TIMEOUT'],
}
const names = Object.keys

const isOpenAi = (door: string) => /chat|responses|embeddings/.test(door)
const SECRET = 'sk-planted-of-the-faults'

function model(behaviour: string, more: Record<string, unknown> = {}) {
  const endpoint = behaviour === 'refused' ? 'http://127.0.0.1:9/v1' : `${upstream.url}/${behaviour}`
  const timeout_ms = behaviour.startsWith('slow') ? 400 : 20_000
  return newModel(endpoint, { timeout_ms, provider_key: SECRET, ...more })
}

const kindFor = (door: string) => (door === 'embeddings' ? { model: { kind: 'embeddings' } } : {})

describe.each(names(DOORS))('%s', (door) => {
  const ask = DOORS[door] as (typeof DOORS)[string]

  test.each(names(BEFORE))('%s, before the first byte: it costs nothing', async (behaviour) => {
    const [status, code] = BEFORE[behaviour] as readonly [number, string]
    const tool = await model(behaviour, kindFor(door))
    const before = await balanceOf(caller)
    const told = await ask(tool.slug, caller)
    const passedOn = behaviour === 'status/400' && isOpenAi(door)
    expect([told.status, told.code]).toEqual([
      door === 'mcp' ? 200 : passedOn ? 400 : status,
      passedOn ? null : code.toLowerCase(),
    ])
    if (passedOn) expect(told.text).toContain('No, says the provider')
    else expect(told.text).not.toContain('says the provider')
    expect(told.text).not.toMatch(/127\.0\.0\.1|sk-planted/)
    expect(told.headers?.get('x-request-id')).toMatch(/^[0-9a-f-]{36}$/)
    expect(await rowsOf(tool.id)).toMatchObject([
      { status: status === 504 ? 'timeout' : 'error', error_code: code, tokens: 0 },
    ])
    expect(await balanceOf(caller)).toEqual(before)
  })

  test('no usage: it is counted', async () => {
    const tool = await model('silent', kindFor(door))
    const told = await ask(tool.slug, caller)
    expect(told.status).toBe(200)
    const [row] = await rowsOf(tool.id)
    expect(row).toMatchObject({ status: 'success', source: 'counted', error_code: null })
    expect(row?.input_tokens).toBeGreaterThan(0)
    expect((await balanceOf(caller)).held).toBe(0)
  })
})

const STREAMS = names(DOORS).filter((door) => door.endsWith('stream'))
const AFTER = {
  'cut/3': 'TOOL_UNAVAILABLE',
  endless: 'TOOL_BAD_RESPONSE',
}

describe.each(STREAMS)('%s, after the first byte', (door) => {
  const ask = DOORS[door] as (typeof DOORS)[string]

  test.each(Object.entries(AFTER))('%s: what came is charged', async (behaviour, code) => {
    const tool = await model(behaviour)
    const told = await ask(tool.slug, caller)
    expect([told.status, told.code]).toEqual([200, code.toLowerCase()])
    const [row] = await rowsOf(tool.id)
    expect(row).toMatchObject({ status: 'error', error_code: code, source: 'partial' })
    expect(row?.tokens).toBeGreaterThan(5)
    expect((await balanceOf(caller)).held).toBe(0)
  })

  test.each(['malformed', 'error-event'])(
    '%s: no JSON after the role, or an error: nothing is charged',
    async (behaviour) => {
      const tool = await model(behaviour)
      const told = await ask(tool.slug, caller)
      expect([told.status, told.code]).toEqual([200, 'tool_bad_response'])
      expect(await rowsOf(tool.id)).toMatchObject([
        { status: 'error', error_code: 'TOOL_BAD_RESPONSE', tokens: 0 },
      ])
      expect((await balanceOf(caller)).held).toBe(0)
    },
  )
})

const OF_PROVIDERS: Record<string, readonly [number, string]> = {
  reset: DOWN,
  'status-400': BAD,
  'status-401': BAD,
  'status-429': DOWN,
  'status-500': BAD,
  'status-503': DOWN,
  malformed: BAD,
}

describe.each(['anthropic', 'google'])('%s', (adapter) => {
  const named = { name: adapter === 'google' ? 'gemini-3-pro' : 'claude-sonnet-4-5', max_output_tokens: 100 }
  const made = (behaviour: string) =>
    newModel(`${provider.url}/${adapter}/${behaviour}`, { adapter, model: named, provider_key: SECRET })
  const doors = ['invoke', 'chat', 'chat as a stream', 'responses as a stream', 'mcp', 'graphql']

  test.each(names(OF_PROVIDERS))('%s, before the first byte, through each door', async (behaviour) => {
    const [status, code] = OF_PROVIDERS[behaviour] as readonly [number, string]
    const before = await balanceOf(caller)
    for (const door of doors) {
      const tool = await made(behaviour)
      const told = await (DOORS[door] as (typeof DOORS)[string])(tool.slug, caller)
      const passedOn = behaviour === 'status-400' && isOpenAi(door)
      expect([door, told.status, told.code]).toEqual([
        door,
        door === 'mcp' ? 200 : passedOn ? 400 : status,
        passedOn ? null : code.toLowerCase(),
      ])
      expect(told.text).not.toMatch(/127\.0\.0\.1|sk-planted/)
      expect(await rowsOf(tool.id)).toMatchObject([{ status: 'error', error_code: code, tokens: 0 }])
    }
    expect(await balanceOf(caller)).toEqual(before)
  })

  test.each(['cut', 'closed', 'error-event'])(
    '%s, after the first byte: what came is charged, unless it was called an error',
    async (behaviour) => {
      for (const door of STREAMS) {
        const tool = await made(behaviour)
        const told = await (DOORS[door] as (typeof DOORS)[string])(tool.slug, caller)
        expect([door, told.status]).toEqual([door, 200])
        expect(told.code).toMatch(/^tool_(unavailable|bad_response)$/)
        const [row] = await rowsOf(tool.id)
        // What the provider itself calls an error is free.
        const isFree = behaviour === 'error-event'
        expect(row).toMatchObject({ status: 'error', source: isFree ? 'unknown' : 'partial' })
        expect((row?.tokens ?? 0) > 0).toBe(!isFree)
      }
      expect((await balanceOf(caller)).held).toBe(0)
    },
  )
})
