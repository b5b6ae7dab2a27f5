// The kind: one protocol that handles failures by itself, so that a log line, a header or a kept refusal is missing there.
import { describe, expect, test } from '@jest/globals'
import type { Pool } from 'pg'
import { generateApiKey } from '../../src/domain/accounts/api-key-format'
import { createApi } from '../../src/http/api'
import { readConfig } from '../../src/platform/config/environment'
import type { Log } from '../../src/platform/log/log'

const refused = Object.assign(new Error('connect ECONNREFUSED'), { code: 'ECONNREFUSED' })
const broken = new Error('a fault of ours')

function apiOver(failure: Error) {
  const lines: [level: string, message: string][] = []
  const line = (level: string) => (_fields: object, message: string) => void lines.push([level, message])
  const log = { info: line('info'), warn: line('warn'), error: line('error') }
  const pool = { query: () => Promise.reject(failure), connect: () => Promise.reject(failure) }
  const api = createApi({
    config: { ...readConfig({}), secret: 'x'.repeat(40) },
    pool: pool as unknown as Pool,
    payload: null as never,
    log: { ...log, child: () => log } as unknown as Log,
  })
  return { api, lines: () => lines.filter(([, message]) => message !== 'request') }
}

const ROUTES: [string, string][] = [
  ['GET', '/api/v1/users/me'],
  ['GET', '/v1/models'],
  ['GET', '/api/v1/openai/models'],
]

describe.each(ROUTES)('%s %s', (method, path) => {
  const send = (api: ReturnType<typeof createApi>) =>
    api.fetch(new Request(`http://hub${path}`, { method, headers: { 'x-api-key': generateApiKey().key } }))

  test('without a database says so in its own shape, with Retry-After and one warning', async () => {
    const { api, lines } = apiOver(refused)
    const response = await send(api)
    expect([response.status, response.headers.get('retry-after')]).toEqual([503, '2'])
    const { error } = (await response.json()) as { error: { code: string } }
    expect(error.code.toUpperCase()).toBe('NOT_READY')
    expect(lines()).toEqual([['warn', 'not ready']])
  })

  test('with a fault of the hub says nothing of it, and logs one error', async () => {
    const { api, lines } = apiOver(broken)
    const response = await send(api)
    expect(response.status).toBe(500)
    expect(await response.text()).not.toContain(broken.message)
    expect(lines()).toEqual([['error', 'unexpected']])
  })
})
