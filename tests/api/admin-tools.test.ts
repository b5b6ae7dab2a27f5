import { beforeAll, describe, expect, test } from '@jest/globals'
import { adminSession, newTool } from '../support/catalogue'
import { call } from '../support/client'
import { unique } from '../support/people'

const ENDPOINT = 'https://tools.example.org/run'
const ABSENT = '0198c5a2-6c1e-7b3a-9d2f-3f1c5e7a9b01'
const tool = (more = {}) => ({
  name: unique('Tool'),
  description: 'Does things.',
  api_endpoint: ENDPOINT,
  ...more,
})

let admin: string

beforeAll(async () => {
  admin = (await adminSession()).token
})

describe('POST /admin/tools', () => {
  test('201: with the defaults of the contract; headers are answered as names only', async () => {
    const made = await call('POST', '/admin/tools', {
      token: admin,
      body: tool({ headers: { Authorization: 'Bearer very-secret' } }),
    })
    expect(made.status).toBe(201)
    expect(made.data).toMatchObject({
      adapter: 'http',
      timeout_ms: 30_000,
      retries: 2,
      minimum_plan: 'free',
      is_active: true,
      metering: { mode: 'reported', path: 'usage.total_tokens' },
      max_tokens: null,
      headers: ['Authorization'],
    })
    expect(made.text).not.toContain('very-secret')
  })

  test('400: each wrong field by its name', async () => {
    const wrong: [object, string][] = [
      [{ name: '' }, 'name'],
      [{ name: 'x'.repeat(101) }, 'name'],
      [{ api_endpoint: 'not a url' }, 'api_endpoint'],
      [{ api_endpoint: 'ftp://example.org/' }, 'api_endpoint'],
      [{ slug: 'No Slug' }, 'slug'],
      [{ timeout_ms: 99 }, 'timeout_ms'],
      [{ timeout_ms: 600_001 }, 'timeout_ms'],
      [{ retries: 6 }, 'retries'],
      [{ retries: 1.5 }, 'retries'],
      [{ metering: { mode: 'guessed' } }, 'metering.mode'],
      [{ metering: { mode: 'fixed' } }, 'metering.tokens'],
      [{ max_tokens: 0 }, 'max_tokens'],
      [{ minimum_plan: 'gold' }, 'minimum_plan'],
      [{ input_schema: { type: 'nonsense' } }, 'input_schema'],
      [{ headers: { 'bad name': 'x' } }, 'headers'],
      [{ headers: { 'X-A': 'a\r\nB: c' } }, 'headers'],
      [{ adapter: 'builtin' }, 'adapter'],
      [{ surprise: true }, 'surprise'],
    ]
    for (const [change, field] of wrong) {
      const answer = await call('POST', '/admin/tools', { token: admin, body: tool(change) })
      const fields = (answer.error?.details ?? []).map((detail) =>
        detail.field?.split('.').slice(0, 2).join('.'),
      )
      expect([change, answer.status, fields.some((name) => name?.startsWith(field))]).toEqual([
        change,
        400,
        true,
      ])
    }
  })

  test('409: a name or slug that is taken', async () => {
    const first = await newTool(ENDPOINT)
    for (const taken of [{ name: first.name, slug: unique('other') }, { slug: first.slug }]) {
      const answer = await call('POST', '/admin/tools', { token: admin, body: tool(taken) })
      expect([answer.status, answer.error?.code]).toEqual([409, 'CONFLICT'])
    }
  })
})

describe('PATCH and DELETE /admin/tools/{tool_id}', () => {
  test('200: what was not sent keeps its value; by slug as well', async () => {
    const made = await newTool(ENDPOINT, { retries: 4, headers: { 'X-Secret': 'one' } })
    const changed = await call('PATCH', `/admin/tools/${made.slug}`, {
      token: admin,
      body: { description: 'New.', metering: { mode: 'fixed', tokens: 3 }, is_active: false },
    })
    expect(changed.status).toBe(200)
    expect(changed.data).toMatchObject({ name: made.name, description: 'New.', retries: 4, is_active: false })
    expect(changed.data).toMatchObject({ metering: { mode: 'fixed', tokens: 3 }, headers: ['X-Secret'] })
  })

  test('200: secrets go when the endpoint moves to another origin', async () => {
    const made = await newTool(ENDPOINT, { headers: { 'X-Secret': 'one' } })
    const body = { api_endpoint: 'https://elsewhere.example.org/run' }
    const moved = await call('PATCH', `/admin/tools/${made.id}`, { token: admin, body })
    expect(moved.data.headers).toEqual([])
  })

  test('400, 404 and 409', async () => {
    const [one, two] = [await newTool(ENDPOINT), await newTool(ENDPOINT)]
    const patch = (name: string, body: object) =>
      call('PATCH', `/admin/tools/${name}`, { token: admin, body })
    expect((await patch(one.id, { retries: 'many' })).error?.details[0]?.field).toBe('retries')
    expect((await patch(ABSENT, { name: 'x' })).status).toBe(404)
    expect((await patch('no-such-tool', { name: 'x' })).status).toBe(404)
    expect((await patch(one.id, { name: two.name })).error?.code).toBe('CONFLICT')
  })

  test('204, then 404', async () => {
    const made = await newTool(ENDPOINT)
    const gone = await call('DELETE', `/admin/tools/${made.id}`, { token: admin })
    expect([gone.status, gone.text]).toEqual([204, ''])
    expect((await call('DELETE', `/admin/tools/${made.id}`, { token: admin })).status).toBe(404)
  })
})
