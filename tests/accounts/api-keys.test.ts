import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals'
import { createApiKey, listApiKeys, MOST_ACTIVE_KEYS, revokeApiKey } from '../../src/domain/accounts/api-keys'
import { readCredential } from '../../src/domain/accounts/credential'
import { flushLastUsed } from '../../src/domain/accounts/last-used'
import { findPrincipal } from '../../src/domain/accounts/principal'
import { isAdmin } from '../../src/domain/operation/access'
import { type Accounts, accountsDatabase, later, refusal, someUser } from './fixture'

let accounts: Accounts

beforeAll(async () => {
  accounts = await accountsDatabase()
})
afterAll(() => accounts.drop())

const make = (userId: string, expiresAt: Date | null = null, now: Date | null = null) =>
  createApiKey(accounts.deps, userId, { name: ' my key ', expiresAt }, now)

async function who(key: string, now: Date | null = null) {
  const credential = await readCredential(new Headers({ 'x-api-key': key }), accounts.deps.config.secret)
  return credential && findPrincipal(accounts.pool, credential, now)
}

describe('an API key', () => {
  it("signs in as its owner, without an admin's powers, and is stored as a hash", async () => {
    const user = await someUser(accounts.deps)
    await accounts.pool.query(`update users set role = 'admin' where id = $1`, [user.id])
    const made = await make(user.id)
    expect(made).toMatchObject({ name: 'my key', active: true, lastUsedAt: null, expiresAt: null })
    const principal = await who(made.key)
    expect(principal).toMatchObject({
      userId: user.id,
      role: 'admin',
      via: 'api-key',
      apiKeyId: made.id,
      sessionId: null,
    })
    expect(principal && isAdmin(principal)).toBe(false)
    const stored = await accounts.pool.query('select * from api_keys where id = $1', [made.id])
    expect(JSON.stringify(stored.rows)).not.toContain(made.key)
    expect(made.key.startsWith(stored.rows[0].key_prefix)).toBe(true)
  })

  it('stops working at once when it is revoked, on every instance', async () => {
    const user = await someUser(accounts.deps)
    const made = await make(user.id)
    expect(await who(made.key)).not.toBeNull()
    expect(await revokeApiKey(accounts.pool, user.id, made.id)).toMatchObject({ active: false })
    expect(await who(made.key)).toBeNull()
    await expect(revokeApiKey(accounts.pool, user.id, made.id)).resolves.toBeDefined()
  })

  it("is nobody else's to revoke", async () => {
    const [user, other] = [await someUser(accounts.deps), await someUser(accounts.deps)]
    const made = await make(user.id)
    expect((await refusal(revokeApiKey(accounts.pool, other.id, made.id))).code).toBe('NOT_FOUND')
    expect(await who(made.key)).not.toBeNull()
    expect(await listApiKeys(accounts.pool, other.id)).toEqual([])
  })

  it('ends when it was meant to, and must end in the future', async () => {
    const user = await someUser(accounts.deps)
    const now = new Date()
    const made = await make(user.id, later(now, 60), now)
    expect(await who(made.key, later(now, 59))).not.toBeNull()
    expect(await who(made.key, later(now, 60))).toBeNull()
    const problem = await refusal(make(user.id, now, now))
    expect(problem).toMatchObject({ status: 400, details: [{ field: 'expires_at' }] })
  })

  it('of a disabled user does not work', async () => {
    const user = await someUser(accounts.deps)
    const made = await make(user.id)
    await accounts.pool.query('update users set disabled = true where id = $1', [user.id])
    expect(await who(made.key)).toBeNull()
  })

  it('is counted: two made at once cannot pass the most a user may have', async () => {
    const user = await someUser(accounts.deps)
    await Promise.all(Array.from({ length: MOST_ACTIVE_KEYS - 1 }, () => make(user.id)))
    const results = await Promise.allSettled(Array.from({ length: 5 }, () => make(user.id)))
    expect(results.filter(({ status }) => status === 'fulfilled')).toHaveLength(1)
    expect(await refusal(make(user.id))).toMatchObject({ code: 'CONFLICT', status: 409 })
    const [first] = await listApiKeys(accounts.pool, user.id)
    await revokeApiKey(accounts.pool, user.id, first?.id ?? '')
    await expect(make(user.id)).resolves.toBeDefined()
  })
})

describe('a flood of wrong keys', () => {
  it('costs one look-up of each', async () => {
    const { key } = await make((await someUser(accounts.deps)).id)
    await accounts.pool.query('delete from api_keys where key_prefix = $1', [key.slice(0, 13)])
    const query = jest.spyOn(accounts.pool, 'query')
    for (let count = 0; count < 50; count += 1) expect(await who(key)).toBeNull()
    expect(query).toHaveBeenCalledTimes(1)
    query.mockRestore()
  })

  it('does not keep a key out that is allowed again', async () => {
    const user = await someUser(accounts.deps)
    const made = await make(user.id)
    await revokeApiKey(accounts.pool, user.id, made.id)
    expect(await who(made.key)).toBeNull()
    await accounts.pool.query('update api_keys set active = true where id = $1', [made.id])
    const fiveSecondsLater = Date.now() + 5_000
    const clock = jest.spyOn(Date, 'now').mockReturnValue(fiveSecondsLater)
    expect(await who(made.key)).not.toBeNull()
    clock.mockRestore()
  })
})

describe('the last use of a key', () => {
  it('is written in batches, never on a call, and never moves back', async () => {
    const user = await someUser(accounts.deps)
    const made = await make(user.id)
    const lastUse = async () => (await listApiKeys(accounts.pool, user.id))[0]?.lastUsedAt
    for (let count = 0; count < 5; count += 1) await who(made.key)
    expect(await lastUse()).toBeNull()
    await flushLastUsed(accounts.pool)
    const written = await lastUse()
    expect(Math.abs(Date.now() - Number(written))).toBeLessThan(60_000)
    const future = later(new Date(), 600)
    await accounts.pool.query('update api_keys set last_used_at = $2 where id = $1', [made.id, future])
    await who(made.key)
    await flushLastUsed(accounts.pool)
    expect(await lastUse()).toEqual(future)
  })

  it('is kept for the next time when the database is away', async () => {
    const user = await someUser(accounts.deps)
    const made = await make(user.id)
    await who(made.key)
    const away = { query: () => Promise.reject(new Error('away')) }
    await expect(flushLastUsed(away)).rejects.toThrow('away')
    await flushLastUsed(accounts.pool)
    expect((await listApiKeys(accounts.pool, user.id))[0]?.lastUsedAt).not.toBeNull()
  })
})
