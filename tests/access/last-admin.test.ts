/**
 * Protects against a rule about the number of documents that falls when several go at once: by a filter, by aliases of
 * one GraphQL document, by two callers.
 */
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals'
import type { Pool } from 'pg'
import { hubDatabase, type TestDatabase } from '../support/database'
import { startTestHub, type TestHub } from '../support/hub'
import { newAdminSession, newUser, type Person, signIn } from '../support/people'
import { ask } from './callers'
import { field } from './operations'

// Who is the last admin concerns everybody on a hub, so these tests have one of their own.
let database: TestDatabase
let hub: TestHub
let db: Pool
let first: Record<string, string>

beforeAll(async () => {
  database = await hubDatabase()
  db = database.pool
  hub = await startTestHub(database.url)
  process.env.HUB_TEST_URL = hub.url
  process.env.HUB_TEST_HUB_DATABASE_URL = database.url
  first = bearer((await newAdminSession()).token)
})
afterAll(async () => {
  await hub?.stop()
  await database?.drop()
})

const bearer = (token: string) => ({ authorization: `Bearer ${token}` })

/** Another admin, signed in. */
async function newAdmin(): Promise<Person> {
  const person = await newUser()
  const made = await ask('PATCH', `/api/users/${person.id}`, { headers: first, body: { role: 'admin' } })
  if (made.status !== 200) throw new Error(made.text)
  return { ...person, ...(await signIn(person.email, person.password)) }
}

describe('the last admin', () => {
  /** Everybody but these is no admin meanwhile. */
  async function alone<Result>(keep: string[], work: () => Promise<Result>): Promise<Result> {
    const others = await db.query<{ id: string }>(
      `update users set role = 'user' where role = 'admin' and id <> all ($1) returning id`,
      [keep],
    )
    try {
      return await work()
    } finally {
      const ids = [...keep, ...others.rows.map(({ id }) => id)]
      await db.query(`update users set role = 'admin', disabled = false where id = any ($1)`, [ids])
    }
  }

  test('cannot be deleted, disabled or demoted, however their id is spelled', async () => {
    const admin = await newAdmin()
    const headers = bearer(admin.token)
    await alone([admin.id], async () => {
      for (const id of [admin.id, admin.id.toUpperCase(), `{${admin.id}}`, admin.id.replaceAll('-', '')]) {
        expect([404, 409]).toContain((await ask('DELETE', `/api/users/${id}`, { headers })).status)
        for (const body of [{ role: 'user' }, { disabled: true }])
          expect([404, 409]).toContain((await ask('PATCH', `/api/users/${id}`, { headers, body })).status)
        expect((await field('deleteUser', { id }, '{ id }', headers))?.text).toContain('errors')
      }
      await ask('DELETE', `/api/users?where[role][equals]=admin`, { headers })
      const left = await db.query(`select from users where role = 'admin' and disabled is not true`)
      expect(left.rows).toHaveLength(1)
    })
  })

  test('stays when all are named by a filter, or by aliases of one document', async () => {
    const [one, two] = [await newAdmin(), await newAdmin()]
    const headers = bearer(one.token)
    await alone([one.id, two.id], async () => {
      const paths = ['where[role][equals]=admin', `where[id][in]=${one.id},${two.id}`, '']
      for (const path of paths) {
        const gone = await ask('DELETE', `/api/users?${path}&depth=0`, { headers })
        expect([gone.status, gone.text]).toEqual([403, expect.stringContaining('one document at a time')])
        for (const body of [{ role: 'user' }, { disabled: true }])
          expect((await ask('PATCH', `/api/users?${path}`, { headers, body })).status).toBe(403)
      }
      const removals: [string, string][] = [
        ['updateUser', ', data: { role: user }'],
        ['updateUser', ', data: { disabled: true }'],
        ['deleteUser', ''],
      ]
      for (const [name, more] of removals) {
        const fields = [two, one].map(({ id }, at) => `f${at}: ${name}(id: "${id}"${more}) { id }`)
        const body = { query: `mutation { ${fields.join(' ')} }` }
        const answer = (await ask('POST', '/api/graphql', { headers, body })).body as {
          errors: { extensions: { statusCode: number } }[]
        }
        expect(answer.errors.map(({ extensions }) => extensions.statusCode)).toEqual([409])
        await db.query(`update users set role = 'admin', disabled = false where id = any ($1)`, [
          [one.id, two.id],
        ])
      }
    })
  })

  test('stays when two admins remove each other at the same moment', async () => {
    for (const body of [{ role: 'user' }, { disabled: true }]) {
      const [one, two] = [await newAdmin(), await newAdmin()]
      await alone([one.id, two.id], async () => {
        await Promise.all([
          ask('PATCH', `/api/users/${two.id}`, { headers: bearer(one.token), body }),
          ask('PATCH', `/api/users/${one.id}`, { headers: bearer(two.token), body }),
        ])
        const left = await db.query(`select from users where role = 'admin' and disabled is not true`)
        expect(left.rows).toHaveLength(1)
      })
    }
  })
})
