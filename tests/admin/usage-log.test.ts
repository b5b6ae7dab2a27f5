import { afterAll, beforeAll, describe, expect, test } from '@jest/globals'
import { seedDemo } from '../../demo/demo'
import { withEmails } from '../../src/domain/usage/usage-export'
import { readProvenance } from '../../src/panel/usage/read-provenance'
import { isDemoEntry } from '../../src/platform/database/demo-mark'
import type { Sql } from '../../src/platform/database/sql'
import { hubDatabase, type TestDatabase } from '../support/database'
import { startTestHub, type TestHub } from '../support/hub'

let database: TestDatabase
let hub: TestHub
const headers: Record<'anonymous' | 'user' | 'key' | 'admin', Record<string, string>> = {
  anonymous: {},
  user: {},
  key: {},
  admin: {},
}

beforeAll(async () => {
  database = await hubDatabase()
  hub = await startTestHub(database.url)
  await seedDemo(database.pool, new Date())
  const user = { email: 'somebody@example.org', password: 'Tr1cky-horse!' }
  await send('POST', '/auth/register', { name: 'Somebody', ...user })
  headers.user = bearer((await send('POST', '/auth/login', user)).access_token)
  headers.admin = bearer((await send('POST', '/auth/login', hub.admin)).access_token)
  const key = await send('POST', '/users/me/api-keys', { name: 'k' }, headers.admin)
  headers.key = { 'x-api-key': key.key }
}, 180_000)
afterAll(async () => {
  await hub?.stop()
  await database?.drop()
})

const bearer = (token: string) => ({ authorization: `Bearer ${token}` })

async function send(method: string, path: string, body: object, sent: Record<string, string> = {}) {
  const answer = await fetch(`${hub.url}/api/v1${path}`, {
    method,
    headers: { 'content-type': 'application/json', ...sent },
    body: JSON.stringify(body),
  })
  return ((await answer.json()) as { data: { access_token: string; key: string } }).data
}

const get = (path: string, by: keyof typeof headers) =>
  fetch(`${hub.url}/api${path}`, { headers: headers[by] })

async function list(
  query: string,
): Promise<{ docs: Array<{ id: string; createdAt: string }>; totalDocs: number }> {
  const answer = await get(`/usage-logs?depth=0&${query}`, 'admin')
  expect(answer.status).toBe(200)
  return (await answer.json()) as never
}

const count = async (where: string, values: unknown[]) =>
  (await database.pool.query(`select count(*)::int as calls from usage_logs where ${where}`, values)).rows[0]
    .calls

const daysAgo = (days: number) => new Date(Date.now() - days * 86_400_000)

describe('the filter by time', () => {
  const [from, until] = [daysAgo(40), daysAgo(37)]

  test.each([
    ['greater_than_equal', 'less_than', 'created_at >= $1 and created_at < $2'],
    ['greater_than', 'less_than_equal', 'created_at > $1 and created_at <= $2'],
  ])('finds what %s and %s mean', async (low, high, sql) => {
    const found = await list(
      `where[and][0][createdAt][${low}]=${from.toISOString()}&where[and][1][createdAt][${high}]=${until.toISOString()}`,
    )
    expect(found.totalDocs).toBe(await count(sql, [from, until]))
    expect(found.totalDocs).toBeGreaterThan(100)
  })

  test('to the millisecond, at its edges', async () => {
    const { rows } = await database.pool.query(
      'select created_at as at from usage_logs order by id offset 5000 limit 1',
    )
    const at = (rows[0].at as Date).toISOString()
    const total = async (operator: string) =>
      (await list(`where[createdAt][${operator}]=${at}&limit=1`)).totalDocs
    expect(await total('less_than')).toBe(await count('created_at < $1', [at]))
    expect(await total('less_than_equal')).toBe(await count('created_at <= $1', [at]))
  })
})

describe('a request id', () => {
  test('finds its call by the search, and by the filter; anything else finds nothing', async () => {
    const { rows } = await database.pool.query(
      'select id, request_id from usage_logs order by random() limit 1',
    )
    const { id, request_id: requestId } = rows[0]
    for (const query of [
      `where[requestId][equals]=${requestId}`,
      `where[or][0][requestId][like]=${requestId}`,
    ])
      expect((await list(query)).docs.map((doc) => doc.id)).toEqual([id])
    expect((await list('where[requestId][equals]=nonsense')).totalDocs).toBe(0)
  })
})

describe('the export', () => {
  const since = daysAgo(60).toISOString()
  const failed = `where[status][in]=error,timeout&where[createdAt][greater_than_equal]=${since}`

  test('is exactly what is filtered, every page of it, newest first', async () => {
    const { rows } = await database.pool.query(
      `select id from usage_logs where status in ('error', 'timeout') and created_at >= $1 order by id desc`,
      [since],
    )
    expect(rows.length).toBeGreaterThan(200)
    const answer = await get(`/usage-logs/export?${failed}`, 'admin')
    expect(answer.headers.get('content-type')).toContain('text/csv')
    const lines = (await answer.text()).trimEnd().split('\r\n')
    expect(lines[0]?.startsWith('id,createdAt,user,user_email,')).toBe(true)
    expect(lines.slice(1).map((line) => line.slice(0, 36))).toEqual(rows.map(({ id }) => id))
    const all = await get('/usage-logs/export', 'admin')
    expect((await all.text()).trimEnd().split('\r\n')).toHaveLength(1 + (await count('true', [])))
  })

  test('names each user by their address, as text for a spreadsheet too; nobody where they are gone', async () => {
    const { rows: users } = await database.pool.query<{ id: string }>(
      `select user_id as id from usage_logs group by user_id having count(*) > 3 order by user_id limit 2`,
    )
    const [first, second] = users.map(({ id }) => id) as [string, string]
    await database.pool.query(`update users set email = '=cmd|calc@demo.invalid' where id = $1`, [first])
    await database.pool.query('delete from users where id = $1', [second])
    const emailsOf = async (user: string) => {
      const answer = await get(`/usage-logs/export?where[user][equals]=${user}`, 'admin')
      const lines = (await answer.text()).trimEnd().split('\r\n').slice(1)
      expect(lines.length).toBeGreaterThan(3)
      return [...new Set(lines.map((line) => line.split(',')[3]))]
    }
    expect(await emailsOf(first)).toEqual(["'=cmd|calc@demo.invalid"])
    expect(await emailsOf(second)).toEqual([''])
    const all = (await (await get('/usage-logs/export', 'admin')).text()).trimEnd().split('\r\n').slice(1)
    const named = new Map(all.map((line) => [line.split(',')[2], line.split(',')[3]]))
    const { rows } = await database.pool.query(
      `select id, email from users where email like '%@demo.invalid'`,
    )
    for (const { id, email } of rows.filter((row) => named.has(row.id) && row.id !== first))
      expect(named.get(id)).toBe(email)
  })

  // A file of a million rows is two thousand statements, not a million.
  test('looks up the addresses of many rows by one statement', async () => {
    const asked: string[][] = []
    const query = async (_text: string, [ids]: [string[]]) => {
      asked.push(ids)
      return { rows: [{ id: 'a', email: 'a@x.test' }] }
    }
    const rows = await withEmails({ query } as unknown as Sql, [{ user: 'a' }, { user: 'b' }, { user: 'a' }])
    expect(rows.map((row) => row.user_email)).toEqual(['a@x.test', undefined, 'a@x.test'])
    expect(asked).toEqual([['a', 'b']])
  })

  test('is on record, with its filter', async () => {
    const { rows } = await database.pool.query(
      `select note from audit_logs where action = 'export' and subject = 'usage-logs'
         and not ${isDemoEntry('id')} order by id`,
    )
    expect(rows[0].note).toContain('error,timeout')
  })

  test.each(['anonymous', 'user', 'key'] as const)('is refused to %s', async (by) => {
    expect((await get('/usage-logs/export', by)).status).toBe(by === 'anonymous' ? 401 : 403)
  })
})

test("a row's detail has its corrections", async () => {
  const { rows } = await database.pool.query('select usage_id from usage_corrections limit 1')
  const seen = await readProvenance(database.pool, rows[0].usage_id)
  expect(seen?.corrections).toMatchObject([{ admin: null, reason: expect.stringContaining('twice') }])
  expect(seen?.corrections[0]?.after).toBe(seen?.tokens)
})
