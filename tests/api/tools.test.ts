import { afterAll, beforeAll, describe, expect, test } from '@jest/globals'
import { adminSession, newTool, type TestTool } from '../support/catalogue'
import { call } from '../support/client'
import { newKey, newSubscriber, newUser } from '../support/people'

const ABSENT = '0198c5a2-6c1e-7b3a-9d2f-3f1c5e7a9b01'
const ENDPOINT = 'http://127.0.0.1:9/nothing'

interface Listed extends TestTool {
  available: boolean
  minimum_plan: string
}

let pro: TestTool

beforeAll(async () => {
  pro = await newTool(ENDPOINT, {
    minimum_plan: 'pro',
    input_schema: { type: 'object' },
    example: { text: 'x' },
  })
})

afterAll(async () => {
  await call('DELETE', `/admin/tools/${pro.id}`, { token: (await adminSession()).token })
})

/** The whole list, page by page; begun again where others made or removed a tool between two pages. */
async function all(token: string): Promise<Listed[]> {
  let [rows, total]: [Listed[], number | undefined] = [[], undefined]
  for (;;) {
    const page = await call<Listed[]>('GET', `/tools?limit=100&offset=${rows.length}`, { token })
    expect(page.status).toBe(200)
    const now = page.meta.pagination?.total ?? 0
    rows = now === (total ?? now) ? [...rows, ...page.data] : []
    total = rows.length > 0 ? now : undefined
    if (rows.length >= now) return rows
  }
}

describe('GET /tools', () => {
  test("200: lists active tools, and says of each whether the caller's plan opens it", async () => {
    const [without, free, upper] = await Promise.all([newUser(), newSubscriber('free'), newSubscriber('pro')])
    const seen = await Promise.all([without, free, upper].map(({ token }) => all(token)))
    const available = seen.map((rows) => rows.find(({ id }) => id === pro.id)?.available)
    expect(available).toEqual([false, false, true])
    expect(seen[1]?.find(({ slug }) => slug === 'count-tokens')?.available).toBe(true)
  })

  test('200 with an API key; 401 without a credential', async () => {
    const { key } = await newKey(await newUser())
    expect((await call('GET', '/tools', { key })).status).toBe(200)
    expect((await call('GET', '/tools')).status).toBe(401)
  })

  test('200: a tool that is not active is not listed', async () => {
    const hidden = await newTool(ENDPOINT, { is_active: false })
    const { token } = await newUser()
    expect((await all(token)).some(({ id }) => id === hidden.id)).toBe(false)
    expect((await call('GET', `/tools/${hidden.id}`, { token })).status).toBe(404)
  })

  test('400: paging outside its bounds', async () => {
    const { token } = await newUser()
    for (const query of [
      'limit=0',
      'limit=101',
      'limit=x',
      'limit=1.5',
      'offset=-1',
      'limit=',
      'offset=1e3',
    ]) {
      const answer = await call('GET', `/tools?${query}`, { token })
      expect([query, answer.status, answer.error?.details[0]?.field]).toEqual([
        query,
        400,
        query.split('=')[0],
      ])
    }
  })

  test('200: bounds that are allowed, and a page after the end', async () => {
    const { token } = await newUser()
    const one = await call<unknown[]>('GET', '/tools?limit=1&offset=0', { token })
    expect([one.data.length, one.meta.pagination?.limit]).toEqual([1, 1])
    expect((await call<unknown[]>('GET', '/tools?limit=100&offset=999999', { token })).data).toEqual([])
  })
})

describe('GET /tools/{tool_id}', () => {
  test('200: by id and by slug, with input schema and example', async () => {
    const { token } = await newUser()
    for (const name of [pro.id, pro.slug]) {
      const { status, data } = await call('GET', `/tools/${name}`, { token })
      expect(status).toBe(200)
      expect(data).toMatchObject({ id: pro.id, is_active: true, example: { text: 'x' }, minimum_plan: 'pro' })
      expect(data).not.toHaveProperty('api_endpoint')
    }
  })

  test('404 for an unknown one; 401 comes before it', async () => {
    const { token } = await newUser()
    for (const name of [ABSENT, 'no-such-tool', '%ZZ', `x${'y'.repeat(150)}`]) {
      expect((await call('GET', `/tools/${name}`, { token })).status).toBe(404)
      expect((await call('GET', `/tools/${name}`)).status).toBe(401)
    }
  })
})
