import { afterEach, beforeEach, describe, expect, it } from '@jest/globals'
import { assertNotLastAdmin, ensureFirstAdmin } from '../../src/domain/accounts/admins'
import { login } from '../../src/domain/accounts/login'
import { registerUser } from '../../src/domain/accounts/register'
import type { Sql } from '../../src/platform/database/sql'
import { type Accounts, accountsDatabase, PASSWORD, refusal, someUser, somewhere } from './fixture'

let accounts: Accounts

beforeEach(async () => {
  accounts = await accountsDatabase()
})
afterEach(() => accounts.drop())

const config = { admin: null, production: false, bcryptCost: 4, hashesAtOnce: 2 }
const admin = { email: 'root@example.com', password: 'Adm1n-of-all' }
const count = async () =>
  (await accounts.pool.query(`select count(*)::int as n from users where role = 'admin'`)).rows[0].n

describe('the first admin', () => {
  it('is generated in development, told once, and can sign in', async () => {
    const first = await ensureFirstAdmin(accounts.pool, config)
    expect(first).toMatchObject({ created: true, generatedPassword: expect.any(String) })
    const again = await ensureFirstAdmin(accounts.pool, config)
    expect(again).toEqual({ email: first.email, created: false, generatedPassword: null })
    const deps = { ...accounts.deps, config: { ...accounts.deps.config, requireEmailConfirmation: true } }
    await login(deps, { email: first.email, password: first.generatedPassword ?? '' }, somewhere())
  })

  it('is made once by eight instances that start together', async () => {
    for (let round = 0; round < 8; round += 1) {
      await accounts.pool.query('delete from users')
      const starts = Array.from({ length: 8 }, () => ensureFirstAdmin(accounts.pool, config))
      const results = await Promise.all(starts)
      expect(results.filter(({ created }) => created)).toHaveLength(1)
      expect(results.filter(({ generatedPassword }) => generatedPassword !== null)).toHaveLength(1)
    }
    expect(await count()).toBe(1)
  })

  it('comes from the configuration, and takes over an account that has this address', async () => {
    await registerUser(accounts.deps, { name: 'Early', email: admin.email, password: PASSWORD }, somewhere())
    await ensureFirstAdmin(accounts.pool, { ...config, admin, production: true })
    await login(accounts.deps, admin, somewhere())
    expect((await refusal(login(accounts.deps, { ...admin, password: PASSWORD }, somewhere()))).status).toBe(
      401,
    )
    expect(await count()).toBe(1)
  })

  it('is asked for in production', async () => {
    await expect(ensureFirstAdmin(accounts.pool, { ...config, production: true })).rejects.toThrow(
      'ADMIN_EMAIL',
    )
  })
})

describe('the last admin', () => {
  /** One transaction without another try: Payload's have none, so a deadlock would be an error. */
  const once = async (work: (sql: Sql) => Promise<void>) => {
    const client = await accounts.pool.connect()
    try {
      await client.query('begin')
      await work(client)
      await client.query('commit')
    } catch (error) {
      await client.query('rollback')
      throw error
    } finally {
      client.release()
    }
  }

  const demote = (id: string, requireEmailConfirmation = false) =>
    once(async (sql) => {
      // As Payload's update does, which reads the document first.
      await sql.query('select from users where id = $1 for no key update', [id])
      await assertNotLastAdmin(sql, id, { requireEmailConfirmation })
      await sql.query(`update users set role = 'user' where id = $1`, [id])
    })

  it('stays, while others can go; a disabled one does not count', async () => {
    const [one, two] = [await someUser(accounts.deps), await someUser(accounts.deps)]
    await accounts.pool.query(`update users set role = 'admin'`)
    await accounts.pool.query('update users set disabled = true where id = $1', [two.id])
    expect(await refusal(demote(one.id))).toMatchObject({ code: 'CONFLICT', status: 409 })
    await demote(two.id)
    await accounts.pool.query(`update users set role = 'admin', disabled = false where id = $1`, [two.id])
    await demote(one.id)
    await expect(demote(one.id)).resolves.toBeUndefined()
  })

  it('stays where all others still have to confirm their address', async () => {
    const [one, two] = [await someUser(accounts.deps), await someUser(accounts.deps)]
    await accounts.pool.query(`update users set role = 'admin', email_confirmed_at = null`)
    await accounts.pool.query('update credentials set must_confirm = (user_id = $1)', [two.id])
    expect(await refusal(demote(one.id, true))).toMatchObject({ code: 'CONFLICT', status: 409 })
    await demote(two.id, true)
    await accounts.pool.query(`update users set role = 'admin' where id = $1`, [two.id])
    await demote(one.id, false)
    expect(await refusal(demote(two.id, true))).toMatchObject({ code: 'CONFLICT', status: 409 })
  })

  it('stays when one transaction removes several at once, each before any of them is gone', async () => {
    const people = [
      await someUser(accounts.deps),
      await someUser(accounts.deps),
      await someUser(accounts.deps),
    ]
    const ids = people.map(({ id }) => id)
    await accounts.pool.query(`update users set role = 'user'`)
    await accounts.pool.query(`update users set role = 'admin' where id = any ($1)`, [ids])
    await once(async (sql) => {
      const leaving = new Set<string>()
      const results = await Promise.allSettled(
        ids.map((id) => assertNotLastAdmin(sql, id, { requireEmailConfirmation: false }, leaving)),
      )
      expect(results.map(({ status }) => status).sort()).toEqual(['fulfilled', 'fulfilled', 'rejected'])
    })
  })

  it('stays when two admins remove each other at the same moment', async () => {
    for (let round = 0; round < 10; round += 1) {
      const [one, two] = [await someUser(accounts.deps), await someUser(accounts.deps)]
      await accounts.pool.query(`update users set role = 'user'`)
      await accounts.pool.query(`update users set role = 'admin' where id = any ($1)`, [[one.id, two.id]])
      const results = await Promise.allSettled([demote(one.id), demote(two.id)])
      const refused = results.flatMap((result) => (result.status === 'rejected' ? [result.reason.code] : []))
      expect(refused).toEqual(['CONFLICT'])
      expect(await count()).toBe(1)
    }
  })
})
