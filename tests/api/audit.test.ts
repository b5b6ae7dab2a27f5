import { afterAll, beforeAll, describe, expect, test } from '@jest/globals'
import { recordAudit, SYSTEM } from '../../src/domain/audit/record'
import { inTransaction } from '../../src/platform/database/sql'
import { type OwnHub, ownHub } from '../support/own-hub'
import { PASSWORD, unique } from '../support/people'

type Entry = {
  id: string
  action: string
  actor_id: string | null
  actor_email: string | null
  via: string
  subject: string
  subject_id: string | null
  title: string | null
  note: string | null
  changes: Record<string, { from: unknown; to: unknown }> | null
  api_key_id: string | null
  address: string | null
  user_agent: string | null
  request_id: string | null
}

let own: OwnHub
let adminId: string
beforeAll(async () => {
  own = await ownHub()
  const me = await own.ask('GET', '/api/users/me', { token: own.admin })
  adminId = (me.body.user as { id: string }).id
})
afterAll(() => own.close())

/** What is on record about a document, oldest first. */
async function entries(subjectId: string | null, subject?: string): Promise<Entry[]> {
  const { rows } = await own.database.pool.query<Entry>(
    `select * from audit_logs where subject_id is not distinct from $1 and ($2::text is null or subject = $2)
     order by id`,
    [subjectId, subject ?? null],
  )
  return rows
}
const last = async (subjectId: string | null, subject?: string) =>
  (await entries(subjectId, subject)).at(-1) as Entry
const byAdmin = () => ({ actor_id: adminId, actor_email: own.hub.admin.email, via: 'session' })
const V1 = '/api/v1'
const freePlan = async (name: string) =>
  (await own.database.pool.query<{ id: string }>('select id from plans where name = $1', [name])).rows[0]?.id

describe('documents', () => {
  test('REST: what was made, changed and deleted, by whom, from where, by which request', async () => {
    const headers = { 'x-request-id': crypto.randomUUID(), 'user-agent': 'a browser' }
    const data = { title: 'T', name: unique('plan'), tier: 'free', rank: 900, tokenLimit: 5 }
    const rates = { requestsPerMinute: 1, burst: 1, callsAtOnce: 1, priceCents: 0, currency: 'USD' }
    const made = await own.ask('POST', '/api/plans', {
      token: own.admin,
      headers,
      body: { ...data, ...rates },
    })
    const { id } = made.body.doc as { id: string }
    const created = await last(id)
    expect(created).toMatchObject({ action: 'create', subject: 'plans', title: 'T', ...byAdmin() })
    expect(created).toMatchObject({ request_id: headers['x-request-id'], user_agent: 'a browser' })
    expect(created.address).toMatch(/^198\.19\./)
    expect(created.changes).toMatchObject({ tokenLimit: { from: null, to: 5 } })
    await own.ask('PATCH', `/api/plans/${id}`, {
      token: own.admin,
      body: { tokenLimit: 6, features: [{ text: 'All' }] },
    })
    expect((await last(id)).changes).toEqual({
      tokenLimit: { from: 5, to: 6 },
      features: { from: null, to: [{ text: 'All' }] },
    })
    await own.ask('PATCH', `/api/plans/${id}`, { token: own.admin, body: { tokenLimit: 6 } })
    expect(await entries(id)).toHaveLength(2)
    await own.ask('DELETE', `/api/plans/${id}`, { token: own.admin })
    expect(await last(id)).toMatchObject({ action: 'delete', changes: { tokenLimit: { from: 6, to: null } } })
  })

  test('GraphQL and bulk operations are no way around', async () => {
    const { id } = await own.person()
    const query =
      'mutation ($id: String!, $d: mutationUserUpdateInput!) { updateUser(id: $id, data: $d) { id } }'
    const changed = await own.ask('POST', '/api/graphql', {
      token: own.admin,
      body: { query, variables: { id, d: { name: 'By GraphQL' } } },
    })
    expect(changed.body.errors).toBeUndefined()
    expect(await last(id)).toMatchObject({
      action: 'update',
      changes: { name: { to: 'By GraphQL' } },
      ...byAdmin(),
    })
    await own.ask('DELETE', `/api/users/${id}`, { token: own.admin })
    expect(await last(id)).toMatchObject({ action: 'delete', subject: 'users', ...byAdmin() })
  })

  test('the versioned API: a tool, with its secret headers hidden', async () => {
    const requestId = crypto.randomUUID()
    const body = {
      name: unique('Tool'),
      description: 'x',
      api_endpoint: 'http://127.0.0.1:9/',
      headers: { Authorization: 'Bearer hush-hush' },
    }
    const sent = { token: own.admin, body, headers: { 'x-request-id': requestId } }
    const made = await own.ask('POST', `${V1}/admin/tools`, sent)
    const { id } = made.body.data as { id: string }
    expect(await last(id)).toMatchObject({ action: 'create', request_id: requestId, ...byAdmin() })
    expect((await last(id)).changes).toHaveProperty(['secretHeaders.Authorization', 'to'], '[hidden]')
    await own.ask('PATCH', `${V1}/admin/tools/${id}`, { token: own.admin, body: { is_active: false } })
    expect((await last(id)).changes).toEqual({ isActive: { from: true, to: false } })
    await own.ask('DELETE', `${V1}/admin/tools/${id}`, { token: own.admin })
    expect((await last(id)).action).toBe('delete')
  })

  test('a related document has its name beside its id', async () => {
    const { id } = await own.person()
    const [free, pro] = [await freePlan('free'), await freePlan('pro')]
    const body = { user: id, plan: free, status: 'active' }
    const made = await own.ask('POST', '/api/subscriptions', { token: own.admin, body })
    const subscription = (made.body.doc as { id: string }).id
    await own.ask('PATCH', `/api/subscriptions/${subscription}`, { token: own.admin, body: { plan: pro } })
    expect((await last(subscription)).changes).toEqual({
      plan: { from: `Free (${free})`, to: `Pro (${pro})` },
    })
  })

  test('the settings, with the webhook’s secret hidden', async () => {
    const webhookSecret = `whsec_${Buffer.alloc(32, 9).toString('base64')}`
    const body = { hubName: 'Recorded', webhookSecret }
    await own.ask('POST', '/api/globals/settings', { token: own.admin, body })
    expect(await last(null, 'settings')).toMatchObject({
      action: 'update',
      changes: {
        hubName: { from: 'Joyfull UI Hub', to: 'Recorded' },
        webhookSecret: { from: '[hidden]', to: '[hidden]' },
      },
      ...byAdmin(),
    })
  })
})

describe('what does not go through documents', () => {
  test('registration, sign-in, sessions, keys, plan and password of one person', async () => {
    const { id, email, token } = await own.person()
    const me = { actor_id: id, actor_email: email, via: 'session' }
    const [registered, signedIn] = await entries(id)
    expect(registered).toMatchObject({ action: 'create', via: 'nobody', title: email })
    expect(registered?.changes).toMatchObject({ email: { to: email }, role: { to: 'user' } })
    expect(signedIn).toMatchObject({ action: 'sign-in', via: 'password', actor_id: id, actor_email: email })

    const key = await own.ask('POST', `${V1}/users/me/api-keys`, { token, body: { name: 'ci' } })
    const made = key.body.data as { id: string; key: string }
    expect(await last(made.id)).toMatchObject({ action: 'create', subject: 'api-keys', title: 'ci', ...me })
    for (const _twice of [1, 2]) await own.ask('DELETE', `${V1}/users/me/api-keys/${made.id}`, { token })
    const revoked = (await entries(made.id)).filter(({ action }) => action === 'update')
    expect(revoked.map(({ changes }) => changes)).toEqual([{ active: { from: true, to: false } }])

    const answer = await own.ask('POST', `${V1}/subscriptions/subscribe`, { token, body: { plan: 'free' } })
    const subscription = (answer.body.data as { id: string }).id
    await own.ask('POST', `${V1}/subscriptions/subscribe`, { token, body: { plan: 'pro' } })
    await own.ask('POST', `${V1}/subscriptions/cancel`, { token })
    await own.ask('POST', `${V1}/subscriptions/cancel`, { token })
    const choices = await entries(subscription)
    expect(choices.map(({ action }) => action)).toEqual(['create', 'update', 'update'])
    expect(choices.map(({ title }) => title)).toEqual([email, email, email])
    expect(choices[1]).toMatchObject({ changes: { plan: { to: `pro (${await freePlan('pro')})` } }, ...me })
    expect(choices[2]?.changes).toEqual({ status: { from: 'active', to: 'cancelled' } })

    await own.ask('PATCH', `${V1}/users/me`, { token, body: { name: 'Renamed' } })
    expect(await last(id)).toMatchObject({ changes: { name: { from: 'Somebody', to: 'Renamed' } }, ...me })
    const passwords = { current_password: PASSWORD, new_password: 'Next-passw0rd!' }
    await own.ask('POST', `${V1}/users/me/password`, { token, body: passwords })
    expect(await last(id)).toMatchObject({
      changes: { password: { from: '[hidden]', to: '[hidden]' } },
      ...me,
    })
    await own.ask('POST', '/api/users/logout', { token })
    expect(await last(id)).toMatchObject({
      action: 'session-end',
      note: expect.stringMatching(/^Signed out/),
      ...me,
    })

    const everything = JSON.stringify(
      await own.database.pool.query('select * from audit_logs').then((r) => r.rows),
    )
    for (const secret of [PASSWORD, 'Next-passw0rd!', made.key, 'hush-hush'])
      expect(everything).not.toContain(secret)
    expect(everything).not.toMatch(/\$2[aby]\$/)
  })

  test('a failed sign-in of an account that exists, with its reason; none of one that does not', async () => {
    const { id, email } = await own.person()
    const wrong = (body: object) => own.ask('POST', `${V1}/auth/login`, { body })
    await wrong({ email, password: 'Wrong-passw0rd!' })
    expect(await last(id)).toMatchObject({ action: 'sign-in-failed', via: 'nobody', note: 'Wrong password' })
    await own.ask('PATCH', `/api/users/${id}`, { token: own.admin, body: { disabled: true } })
    await wrong({ email, password: PASSWORD })
    expect(await last(id)).toMatchObject({ action: 'sign-in-failed', note: 'The account is disabled' })
    const before = await own.database.pool.query('select count(*)::int as n from audit_logs')
    await wrong({ email: 'nobody@example.org', password: PASSWORD })
    const after = await own.database.pool.query('select count(*)::int as n from audit_logs')
    expect(after.rows).toEqual(before.rows)
  })

  test('an unlock, and what goes with a deleted user', async () => {
    const { id, email, token } = await own.person()
    await own.ask('POST', '/api/users/unlock', { token: own.admin, body: { email } })
    expect(await last(id)).toMatchObject({ action: 'unlock', title: email, ...byAdmin() })
    const key = await own.ask('POST', `${V1}/users/me/api-keys`, { token, body: { name: 'gone' } })
    await own.ask('DELETE', `/api/users/${id}`, { token: own.admin })
    expect(await last((key.body.data as { id: string }).id)).toMatchObject({ action: 'delete', ...byAdmin() })
    expect(await last(id)).toMatchObject({ action: 'delete', changes: { email: { from: email, to: null } } })
  })

  test('an API key that changes something would be named; the hub itself is `system`', async () => {
    const [seeded] = await entries(await freePlan('free').then(String))
    expect(seeded).toMatchObject({ action: 'create', via: 'system', actor_id: null })
    const [first] = await entries(adminId)
    expect(first).toMatchObject({ action: 'create', via: 'system', note: 'The first admin, at the start' })
  })
})

describe('append-only', () => {
  test.each([
    ['update', `update audit_logs set title = 'x'`],
    ['delete', 'delete from audit_logs'],
    ['truncate', 'truncate audit_logs'],
  ])('the database refuses to %s', async (_what, statement) => {
    await expect(own.database.pool.query(statement)).rejects.toMatchObject({ code: '42501' })
  })

  test('what is rolled back is not on record', async () => {
    const title = unique('undone')
    const event = { action: 'update', subject: 'users', subjectId: null, title } as const
    const work = inTransaction(own.database.pool, async (sql) => {
      await recordAudit(sql, SYSTEM, [event])
      throw new Error('undo')
    })
    await expect(work).rejects.toThrow('undo')
    expect(
      (await own.database.pool.query('select 1 from audit_logs where title = $1', [title])).rows,
    ).toEqual([])
  })

  test('a change that cannot be put on record does not happen', async () => {
    const { id } = await own.person()
    await own.database.pool.query(
      `create function no_audit() returns trigger language plpgsql as $$ begin raise exception 'no'; end $$`,
    )
    await own.database.pool.query(
      'create trigger no_audit before insert on audit_logs for each row execute function no_audit()',
    )
    try {
      await own.ask('PATCH', `/api/users/${id}`, { token: own.admin, body: { name: 'Unseen' } })
      const { rows } = await own.database.pool.query('select name from users where id = $1', [id])
      expect(rows).toEqual([{ name: 'Somebody' }])
    } finally {
      await own.database.pool.query('drop trigger no_audit on audit_logs; drop function no_audit()')
    }
  })
})

describe('the export', () => {
  const lines = (text: string) => text.trim().split('\r\n')

  test('has exactly what is filtered, any number of rows, and is itself on record', async () => {
    const title = unique('bulk')
    await own.database.pool.query(
      `insert into audit_logs (id, action, via, subject, title, note)
       select gen_random_uuid(), 'update', 'system', 'users', $1, '=1+1,"quoted"' from generate_series(1, 1203)`,
      [title],
    )
    const answer = await own.ask('GET', `/api/audit-logs/export?where[title][equals]=${title}`, {
      token: own.admin,
    })
    expect(answer.headers.get('content-type')).toMatch(/^text\/csv/)
    const rows = lines(answer.text)
    expect(rows).toHaveLength(1204)
    expect(new Set(rows).size).toBe(1204)
    expect(rows[1]).toContain(`"'=1+1,""quoted"""`)
    const entry = await last(null, 'audit-logs')
    expect(entry).toMatchObject({ action: 'export', note: expect.stringContaining(title), ...byAdmin() })
    const searched = await own.ask('GET', `/api/audit-logs/export?search=${title}`, { token: own.admin })
    expect(lines(searched.text)).toHaveLength(1204)
  })

  test('is for admins who signed in by password', async () => {
    const { token } = await own.person()
    const keyOf = async (of: string) => {
      const made = await own.ask('POST', `${V1}/users/me/api-keys`, { token: of, body: { name: 'k' } })
      return (made.body.data as { key: string }).key
    }
    for (const sent of [{}, { token }, { key: await keyOf(token) }, { key: await keyOf(own.admin) }])
      expect((await own.ask('GET', '/api/audit-logs/export', sent)).status).toBe(
        Object.keys(sent).length === 0 ? 401 : 403,
      )
  })
})

/** A list of the panel: one page and its count, whatever the number of rows. */
describe('the list', () => {
  test('counts no further than 10,001 and searches whole values', async () => {
    await own.database.pool.query(
      `insert into audit_logs (id, action, via, subject, title)
       select gen_random_uuid(), 'update', 'system', 'users', 'many' from generate_series(1, 10500)`,
    )
    const list = async (query: string) =>
      (await own.ask('GET', `/api/audit-logs?limit=5&${query}`, { token: own.admin })).body as {
        totalDocs: number
        docs: { title: string }[]
      }
    expect((await list('')).totalDocs).toBe(10_001)
    expect((await list('where[title][equals]=many')).totalDocs).toBe(10_001)
    expect((await list('where[or][0][title][like]=man')).totalDocs).toBe(0)
    expect((await list(`where[or][0][actorEmail][like]=${own.hub.admin.email}`)).totalDocs).toBeGreaterThan(0)
    expect((await list('sort=-createdAt')).docs).toHaveLength(5)
  })
})
