import { afterAll, beforeAll, expect, test } from '@jest/globals'
import { type OwnHub, ownHub } from '../support/own-hub'
import { CLIENTS } from './clients'

const MANY = 600
let own: OwnHub
let key: string

/** A hub with more tools than a page has, and somebody with a key. */
beforeAll(async () => {
  own = await ownHub()
  const body = { name: 'Many', description: 'One of many.', api_endpoint: 'http://127.0.0.1:9/x' }
  const made = await own.ask('POST', '/api/v1/admin/tools', { token: own.admin, body })
  expect(made.status).toBe(201)
  const { rows } = await own.database.pool.query(
    `select string_agg(quote_ident(column_name), ', ') as columns from information_schema.columns
     where table_name = 'tools' and is_generated = 'NEVER'`,
  )
  const { columns } = rows[0] as { columns: string }
  await own.database.pool.query(
    `insert into tools (${columns}) select ${columns} from (
       select (jsonb_populate_record(t, jsonb_build_object('id', gen_random_uuid(), 'slug', 'many-' || n, 'name', 'Many ' || n))).*
       from tools t, generate_series(1, $1::int) n where t.slug = 'many') as copies`,
    [MANY],
  )
  const person = await own.person()
  await own.ask('POST', '/api/v1/subscriptions/subscribe', { token: person.token, body: { plan: 'free' } })
  const answer = await own.ask('POST', '/api/v1/users/me/api-keys', {
    token: person.token,
    body: { name: 'k' },
  })
  key = (answer.body.data as { key: string }).key
})
afterAll(() => own.close())

const isMany = ({ name }: { name: string }) => name.startsWith('many-')

test.each(CLIENTS)('%s gets all pages, each tool once', async (_name, connect) => {
  const client = await connect(key, { url: `${own.hub.url}/mcp` })
  const names = (await client.listTools()).filter(isMany).map(({ name }) => name)
  await client.close()
  expect(names).toHaveLength(MANY)
  expect(new Set(names).size).toBe(MANY)
})

async function page(cursor?: unknown) {
  const params = cursor === undefined ? {} : { cursor }
  const answer = await own.ask('POST', '/mcp', {
    headers: { authorization: `Bearer ${key}`, accept: 'application/json, text/event-stream' },
    body: { jsonrpc: '2.0', id: 1, method: 'tools/list', params },
  })
  const data = /^data: (.*)$/m.exec(answer.text)?.[1] ?? answer.text
  return JSON.parse(data) as {
    result?: { tools: { name: string }[]; nextCursor?: string }
    error?: { code: number }
  }
}

test('a page goes on after its last tool, whatever was added or removed in between', async () => {
  const first = (await page()).result
  expect(first?.tools).toHaveLength(250)
  const last = first?.tools.at(-1)?.name as string
  await own.database.pool.query('update tools set deleted_at = now() where slug = $1', [last])
  const second = (await page(first?.nextCursor)).result
  expect(second?.tools[0]?.name.localeCompare(last)).toBeGreaterThan(0)
  expect(second?.tools.some(({ name }) => first?.tools.some((one) => one.name === name))).toBe(false)
})

test.each(['', 'none-such', '%%%', 'bWFueQ==', Buffer.from('A b').toString('base64url')])(
  'a cursor that was not given is an error of the protocol: %j',
  async (cursor) => {
    expect((await page(cursor)).error?.code).toBe(-32602)
  },
)
