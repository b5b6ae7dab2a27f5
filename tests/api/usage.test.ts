import { afterAll, beforeAll, describe, expect, test } from '@jest/globals'
import { adminSession, newTool, type TestTool } from '../support/catalogue'
import { call } from '../support/client'
import { newKey, newSubscriber, newUser, type Person } from '../support/people'
import { startUpstream, type Upstream } from '../support/upstream'

interface Entry {
  id: string
  tool_id: string
  tool_name: string
  timestamp: string
  tokens_used: number
}

let upstream: Upstream
let person: Person
let cheap: TestTool
let dear: TestTool

const dayOf = (at: number) => new Date(at).toISOString().slice(0, 10)
/** The days of the first and the last call, which are mostly one, and the day after. */
let [first, last, later] = ['', '', '']

beforeAll(async () => {
  upstream = await startUpstream()
  cheap = await newTool(`${upstream.url}/echo`, { metering: { mode: 'fixed', tokens: 1 } })
  dear = await newTool(`${upstream.url}/echo`, { metering: { mode: 'fixed', tokens: 20 } })
  person = await newSubscriber()
  first = dayOf(Date.now())
  for (const tool of [cheap, dear, cheap]) {
    await call('POST', `/tools/${tool.id}/invoke`, { token: person.token, body: { input: {} } })
  }
  last = dayOf(Date.now())
  later = dayOf(Date.parse(last) + 86_400_000)
})

afterAll(() => upstream.close())

const usage = (query = '') => call<Entry[]>('GET', `/usage${query}`, { token: person.token })

describe('GET /usage', () => {
  test('200: one row a call, newest first, with its tool, tokens, time and request id', async () => {
    const { status, data, meta } = await usage()
    expect(status).toBe(200)
    expect(data.map(({ tool_id }) => tool_id)).toEqual([cheap.id, dear.id, cheap.id])
    expect(data.map(({ tokens_used }) => tokens_used)).toEqual([1, 20, 1])
    expect(meta.pagination).toMatchObject({ offset: 0, limit: 20, total: 3, next_cursor: null })
  })

  test("200: only one's own rows, also with a key", async () => {
    const other = await newUser()
    expect((await call<Entry[]>('GET', '/usage', { token: other.token })).data).toEqual([])
    const { key } = await newKey(person)
    expect((await call<Entry[]>('GET', '/usage', { key })).data).toHaveLength(3)
  })

  test('200: by offset, and by cursor', async () => {
    const all = (await usage()).data.map(({ id }) => id)
    const second = await usage('?offset=1&limit=1')
    expect(second.data.map(({ id }) => id)).toEqual([all[1]])
    const first = await usage('?limit=2')
    const rest = await usage(`?limit=2&cursor=${first.meta.pagination?.next_cursor}`)
    expect([...first.data, ...rest.data].map(({ id }) => id)).toEqual(all)
    expect(rest.meta.pagination?.next_cursor).toBeNull()
  })

  test('200: filtered by days (both inclusive) and by tool', async () => {
    expect((await usage(`?start_date=${first}&end_date=${last}`)).data).toHaveLength(3)
    expect((await usage(`?start_date=${later}`)).data).toEqual([])
    expect((await usage('?end_date=2020-01-01')).meta.pagination?.total).toBe(0)
    const one = await usage(`?tool_id=${dear.id}`)
    expect([one.data.length, one.meta.pagination?.total]).toEqual([1, 1])
    expect((await usage(`?tool_id=${dear.slug}`)).data).toEqual(one.data)
  })

  test('a tool that is not shown is answered like one that is not there; any id is taken', async () => {
    const hidden = await newTool(`${upstream.url}/echo`)
    const { token } = await adminSession()
    await call('PATCH', `/admin/tools/${hidden.id}`, { token, body: { is_active: false } })
    const [shown, unknown] = await Promise.all([
      usage(`?tool_id=${hidden.slug}`),
      usage('?tool_id=no-such-tool'),
    ])
    expect([shown.status, shown.error]).toEqual([400, unknown.error])
    for (const id of [hidden.id, hidden.id.toUpperCase(), 'ffffffff-ffff-ffff-ffff-fffffffffff0'])
      expect([id, (await usage(`?tool_id=${id}`)).status]).toEqual([id, 200])
  })

  test('400: a bad date, an end before the start, a bad tool, a bad cursor', async () => {
    const wrong: [string, string][] = [
      ['start_date=yesterday', 'start_date'],
      ['start_date=2026-02-30', 'start_date'],
      ['end_date=0000-01-01', 'end_date'],
      ['start_date=2026-02-02&end_date=2026-02-01', 'end_date'],
      ['tool_id=no-such-tool', 'tool_id'],
      ['cursor=rubbish', 'cursor'],
      ['limit=101', 'limit'],
      ['limit=1&limit=2', 'limit'],
      ['page=2', 'page'],
    ]
    for (const [query, field] of wrong) {
      const answer = await usage(`?${query}`)
      expect([query, answer.status, answer.error?.details[0]?.field]).toEqual([query, 400, field])
    }
  })

  test('401 without a credential', async () => {
    expect((await call('GET', '/usage')).status).toBe(401)
    expect((await call('GET', '/usage/summary')).status).toBe(401)
  })
})

describe('GET /usage/summary', () => {
  test('200: tokens and calls, in all and by tool', async () => {
    const { data } = await call('GET', '/usage/summary', { token: person.token })
    expect(data).toMatchObject({ total_tokens: 22, total_invocations: 3 })
    expect(data.by_tool).toEqual([
      { tool_id: dear.id, tool_name: dear.name, tokens_used: 20, invocation_count: 1 },
      { tool_id: cheap.id, tool_name: cheap.name, tokens_used: 2, invocation_count: 2 },
    ])
  })

  test('200: of a range of days; 400 for one that ends before it starts', async () => {
    const past = await call('GET', '/usage/summary?end_date=2020-01-01', { token: person.token })
    expect(past.data).toEqual({ total_tokens: 0, total_invocations: 0, by_tool: [] })
    const query = '?start_date=2026-02-02&end_date=2026-02-01'
    expect((await call('GET', `/usage/summary${query}`, { token: person.token })).status).toBe(400)
  })

  test('a deleted tool: its rows stay and still name it, its name and slug are free again', async () => {
    const { token } = await adminSession()
    const tool = await newTool(`${upstream.url}/echo`, { metering: { mode: 'fixed', tokens: 2 } })
    const caller = await newSubscriber()
    await call('POST', `/tools/${tool.id}/invoke`, { token: caller.token, body: { input: {} } })
    expect((await call('DELETE', `/admin/tools/${tool.id}`, { token })).status).toBe(204)
    const rows = await call<Entry[]>('GET', `/usage?tool_id=${tool.id}`, { token: caller.token })
    expect(rows.data.map(({ tool_name }) => tool_name)).toEqual([tool.name])
    const again = await newTool(`${upstream.url}/echo`, { name: tool.name, slug: tool.slug })
    expect(again.slug).toBe(tool.slug)
  })
})
