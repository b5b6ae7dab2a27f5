import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, jest, test } from '@jest/globals'
import pg from 'pg'
import { generateApiKey } from '../../src/domain/accounts/api-key-format'
import { refreshCatalogue } from '../../src/domain/tools/catalogue'
import { createApi } from '../../src/http/api'
import { readConfig } from '../../src/platform/config/environment'
import { setPerProcess } from '../../src/platform/kernel/process'
import { createLog } from '../../src/platform/log/log'
import { World } from './world'

const SECRET = 'a secret of the tests, thirty-two characters or more'

let world: World
let api: ReturnType<typeof createApi>
let queries: ReturnType<typeof jest.spyOn>

beforeAll(async () => {
  world = await World.open()
  setPerProcess('meter', world.meter())
  api = createApi({
    config: { ...readConfig({}), secret: SECRET },
    pool: world.pool,
    payload: null as never,
    log: createLog('silent'),
  })
  await refreshCatalogue(world.pool)
})
afterAll(() => world.close())

/** Counts the statements of every connection of this process, but for what the ledger's own begin with. */
beforeEach(() => {
  setPerProcess('accounts.refused-keys', undefined)
  queries = jest.spyOn(pg.Client.prototype, 'query')
})
afterEach(() => queries.mockRestore())

const statements = () =>
  (queries.mock.calls as unknown[][]).filter(
    ([query]) => !/^(set|create) /.test(String((query as { text?: string }).text ?? query).trim()),
  ).length

/** A body that each protocol accepts as far as it reads it before it knows the caller. */
const BODY = {
  ...{ input: { a: 1 }, model: 'no-such-model', messages: [{ role: 'user', content: 'x' }] },
  ...{ jsonrpc: '2.0', id: 1, method: 'tools/list', params: {} },
}

async function ask(method: string, path: string, headers: Record<string, string>): Promise<number> {
  const body = method === 'POST' ? { body: JSON.stringify(BODY) } : {}
  const type = { 'content-type': 'application/json', accept: 'application/json, text/event-stream' }
  const request = new Request(`http://hub${path}`, { method, headers: { ...type, ...headers }, ...body })
  return (await api.fetch(request)).status
}

describe.each([
  ['GET', '/api/v1/usage'],
  ['POST', '/api/v1/tools/echo/invoke'],
  ['POST', '/api/v1/tools/no-such-tool/invoke'],
  ['GET', '/v1/models'],
  ['POST', '/v1/chat/completions'],
  ['POST', '/v1/responses'],
  ['POST', '/v1/embeddings'],
  ['POST', '/mcp'],
])('a flood of wrong keys at %s %s', (method, path) => {
  test('asks the database once for each key', async () => {
    const keys = Array.from({ length: 20 }, () => generateApiKey().key)
    for (const key of keys) expect(await ask(method, path, { 'x-api-key': key })).toBe(401)
    expect(statements()).toBe(keys.length)
    const flood = Array.from({ length: 50 }, () => keys).flat()
    const answers = await Promise.all(
      flood.map((key) => ask(method, path, { authorization: `Bearer ${key}` })),
    )
    expect(new Set(answers)).toEqual(new Set([401]))
    expect(statements()).toBe(keys.length)
  })

  test('asks it nothing for what is no key or token of the hub', async () => {
    const { key } = generateApiKey()
    const wrong = [
      '',
      'x',
      'jhub_',
      `${key.slice(0, -1)}${key.endsWith('a') ? 'b' : 'a'}`,
      'eyJhbGciOiJIUzI1NiJ9.e30.AAAA',
    ]
    for (const text of wrong) {
      expect(await ask(method, path, { 'x-api-key': text })).toBe(401)
      expect(await ask(method, path, { authorization: `Bearer ${text}` })).toBe(401)
    }
    expect(statements()).toBe(0)
  })
})
