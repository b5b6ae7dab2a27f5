import { afterAll, beforeAll, describe, expect, jest, test } from '@jest/globals'
import type { CollectionConfig, SanitizedConfig } from 'payload'
import type { Pool } from 'pg'
import { contract } from '../support/contract'
import { newKey, newUser, signIn } from '../support/people'
import { addressOf, FOR_ADMINS, FOR_OTHERS } from './admin-actions'
import { ask, CALLERS, type Cast, castOfCallers, hubDatabase } from './callers'
import { field } from './operations'

jest.setTimeout(120_000)

/** Beside the usual callers: who was an admin until a moment ago, with what they signed in by then. */
const FORMER = ['demoted themself', 'demoted, their key', 'disabled', 'session ended'] as const
type Who = (typeof CALLERS)[number] | (typeof FORMER)[number]

let db: Pool
let cast: Cast
let headers: Record<Who, Record<string, string>>
/** Whoever is refused below, by id. */
let refusedIds: string[]

const bearer = (token: string) => ({ authorization: `Bearer ${token}` })

/** Another admin, signed in, with a key that they made. */
async function newAdmin() {
  const person = await newUser()
  const body = { role: 'admin' }
  const made = await ask('PATCH', `/api/users/${person.id}`, { headers: cast.headers.admin, body })
  expect(made.status).toBe(200)
  const { token } = await signIn(person.email, person.password)
  return { ...person, token, key: (await newKey({ token })).key }
}

beforeAll(async () => {
  db = hubDatabase()
  cast = await castOfCallers()
  const [demoted, disabled, ended] = [await newAdmin(), await newAdmin(), await newAdmin()]
  const change = (id: string, token: string, body: object) =>
    ask('PATCH', `/api/users/${id}`, { headers: bearer(token), body })
  expect((await change(demoted.id, demoted.token, { role: 'user' })).status).toBe(200)
  expect((await change(disabled.id, disabled.token, { disabled: true })).status).toBe(200)
  await db.query('update sessions set revoked_at = now() where user_id = $1', [ended.id])
  headers = {
    ...cast.headers,
    'demoted themself': bearer(demoted.token),
    'demoted, their key': { 'x-api-key': demoted.key },
    disabled: bearer(disabled.token),
    'session ended': bearer(ended.token),
  }
  refusedIds = [cast.owner.id, cast.other.id, demoted.id, disabled.id, ended.id]
})
afterAll(() => db.end())

/** What each is answered at a door that is for admins. Who passes it may still be told that there is no such thing. */
const EXPECTED: Record<Who, number | 'passes'> = {
  anonymous: 401,
  owner: 403,
  other: 403,
  "owner's key": 403,
  "admin's key": 403,
  admin: 'passes',
  'demoted themself': 403,
  'demoted, their key': 403,
  disabled: 401,
  'session ended': 401,
}

describe('what is for admins alone', () => {
  test.each(FOR_ADMINS)('%s', async (action) => {
    const found: Record<string, number | string> = {}
    for (const who of [...CALLERS, ...FORMER]) {
      const { method, path } = addressOf(action)
      const { status } = await ask(method, path, {
        headers: headers[who],
        ...(method === 'GET' || method === 'DELETE' ? {} : { body: {} }),
      })
      found[who] = status === 401 || status === 403 ? status : 'passes'
    }
    expect(found).toEqual(EXPECTED)
  })

  test('left no trace of those who were refused', async () => {
    const { rows } = await db.query(
      `select action, subject, title from audit_logs
       where actor_id = any ($1) and (action = 'export' or subject in ('tools', 'plans', 'settings'))`,
      [refusedIds],
    )
    expect(rows).toEqual([])
  })
})

describe('every path that the hub serves is in the table, or is known to be for others', () => {
  const unknown = (found: string[]) =>
    found.filter(
      (action) =>
        !(FOR_ADMINS as readonly string[]).includes(action) &&
        !FOR_OTHERS.some((pattern) => pattern.test(action)),
    )

  test('of the versioned API, by its document', async () => {
    const { document } = await contract()
    const found = Object.entries(document.paths).flatMap(([path, operations]) =>
      Object.keys(operations).map(
        (method) => `${method.toUpperCase()} ${path.replaceAll(/\{\w+\}/g, ':id')}`,
      ),
    )
    expect(unknown(found)).toEqual([])
    const admins = FOR_ADMINS.filter((action) => action.includes(' /api/v1/'))
    expect(admins.filter((action) => !found.includes(action))).toEqual([])
  })

  test('of Payload and the panel, by its config', async () => {
    process.env.DATABASE_URL = process.env.HUB_TEST_HUB_DATABASE_URL
    process.env.PAYLOAD_SECRET = process.env.HUB_TEST_SECRET
    const config: SanitizedConfig = await (await import('../../payload.config')).default
    const named = (base: string, endpoints: CollectionConfig['endpoints']) =>
      (endpoints || []).map(({ method, path }) => `${method.toUpperCase()} /api${base}${path}`)
    const found = [
      ...named('', config.endpoints),
      ...config.collections.flatMap(({ slug, endpoints }) => named(`/${slug}`, endpoints)),
    ]
    expect(unknown(found)).toEqual([])
    const admins = FOR_ADMINS.filter((action) => !action.includes(' /api/v1/'))
    expect(admins.filter((action) => !found.includes(action))).toEqual([])
  })
})

/** Nobody becomes an admin by themselves, and who gives the role up has it no longer, by any way. */
describe('the role of an admin', () => {
  const roleOf = async (id: string) =>
    (await db.query('select role from users where id = $1', [id])).rows[0]?.role

  test('is not taken by a user, by a key, or by who gave it up', async () => {
    const demotedId = refusedIds[2] as string
    const tries: Array<[Who, string]> = [
      ['owner', cast.owner.id],
      ["owner's key", cast.owner.id],
      ['demoted themself', demotedId],
      ['demoted, their key', demotedId],
    ]
    for (const [who, id] of tries) {
      await ask('PATCH', `/api/users/${id}`, { headers: headers[who], body: { role: 'admin' } })
      await ask('PATCH', `/api/users?where[id][equals]=${id}`, {
        headers: headers[who],
        body: { role: 'admin' },
      })
      await field('updateUser', { id, data: { role: 'admin' } }, '{ id }', headers[who])
      expect([who, await roleOf(id)]).toEqual([who, 'user'])
    }
  })

  test("an admin's key neither demotes, disables nor deletes its own admin", async () => {
    const admin = await newAdmin()
    const sent = { headers: { 'x-api-key': admin.key } }
    for (const body of [{ role: 'user' }, { disabled: true }])
      expect((await ask('PATCH', `/api/users/${admin.id}`, { ...sent, body })).status).toBe(403)
    expect((await ask('DELETE', `/api/users/${admin.id}`, sent)).status).toBe(403)
    await field('deleteUser', { id: admin.id }, '{ id }', sent.headers)
    const { rows } = await db.query('select role, disabled is true as disabled from users where id = $1', [
      admin.id,
    ])
    expect(rows).toEqual([{ role: 'admin', disabled: false }])
    expect((await ask('DELETE', `/api/users/${admin.id}`, { headers: bearer(admin.token) })).status).toBe(200)
    for (const credential of [bearer(admin.token), sent.headers])
      expect((await ask('GET', '/api/v1/admin/users', { headers: credential })).status).toBe(401)
  })
})
