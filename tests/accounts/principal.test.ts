import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'
import pg from 'pg'
import type { Credential } from '../../src/domain/accounts/credential'
import { login } from '../../src/domain/accounts/login'
import { findPrincipal } from '../../src/domain/accounts/principal'
import { refresh } from '../../src/domain/accounts/refresh'
import { requestPasswordReset } from '../../src/domain/accounts/reset-password'
import { deleteEnded } from '../../src/domain/accounts/timers'
import { type Accounts, accountsDatabase, later, PASSWORD, someUser, somewhere } from './fixture'

let accounts: Accounts

beforeAll(async () => {
  accounts = await accountsDatabase()
  await accounts.pool.query(
    `insert into plans (name, title, tier, token_limit)
     values ('free', 'Free', 'free', 1000), ('pro', 'Pro', 'pro', 50000)`,
  )
})
afterAll(() => accounts.drop())

const START = new Date('2026-01-31T12:00:00Z')
const END = new Date('2026-02-28T12:00:00Z')

async function tierOf(status: string, pending: string | null, at: Date): Promise<string | null | undefined> {
  const user = await someUser(accounts.deps, START)
  await accounts.pool.query(
    `insert into subscriptions (user_id, plan_id, pending_plan_id, status, started_at, period_start, period_end)
     select $1, (select id from plans where name = 'pro'), (select id from plans where name = $2),
       $3::enum_subscriptions_status, $4, $4, $5`,
    [user.id, pending, status, START, END],
  )
  const session = await login(
    accounts.deps,
    { email: user.email, password: PASSWORD },
    somewhere(),
    later(END, -60),
  )
  return (await findPrincipal(accounts.pool, { kind: 'session', ...session }, at))?.tier
}

// Catalogues and admission must agree on what a caller's plan opens, also in the moment a period ends.
describe('the tier of a caller', () => {
  it('is that of the plan, and of the pending plan once the period has ended', async () => {
    expect(await tierOf('active', null, later(END, -1))).toBe('pro')
    expect(await tierOf('active', null, END)).toBe('pro')
    expect(await tierOf('active', 'free', later(END, -1))).toBe('pro')
    expect(await tierOf('active', 'free', END)).toBe('free')
  })

  it('is none once a cancelled subscription has run out', async () => {
    expect(await tierOf('cancelled', null, later(END, -1))).toBe('pro')
    expect(await tierOf('cancelled', null, END)).toBeNull()
    expect(await tierOf('expired', null, later(END, -1))).toBeNull()
  })
})

// Planning the look-up takes ten times as long as running it, and every signed-in request does it.
it('is found by a statement that a connection plans once, for sessions and keys alike', async () => {
  const pool = new pg.Pool({ ...accounts.pool.options, max: 1 })
  try {
    const user = await someUser(accounts.deps)
    const session = await login(accounts.deps, { email: user.email, password: PASSWORD }, somewhere())
    const find = async (credential: Credential) => (await findPrincipal(pool, credential, null))?.userId
    for (let count = 0; count < 20; count += 1) {
      expect(await find({ kind: 'session', ...session })).toBe(user.id)
      expect(await find({ kind: 'api-key', keyHash: `unknown ${count}` })).toBeUndefined()
    }
    const { rows } = await pool.query(
      `select generic_plans::int as once, custom_plans::int as anew from pg_prepared_statements where name = 'hub_principal'`,
    )
    // PostgreSQL makes five plans for given values before it keeps one for all.
    expect(rows).toEqual([{ once: 35, anew: 5 }])
  } finally {
    await pool.end()
  }
})

describe('what has ended', () => {
  it('is removed a day later, and nothing before that', async () => {
    const now = new Date()
    const user = await someUser(accounts.deps, now)
    const pair = await login(accounts.deps, { email: user.email, password: PASSWORD }, somewhere(), now)
    await refresh(accounts.deps, pair.refreshToken, now)
    await requestPasswordReset(accounts.deps, { email: user.email }, somewhere(), now)
    const left = async () => {
      const counted = await accounts.pool.query(
        `select (select count(*)::int from sessions where user_id = $1) as sessions,
           (select count(*)::int from refresh_tokens where session_id = $2) as tokens,
           (select count(*)::int from email_tokens where user_id = $1) as links`,
        [user.id, pair.sessionId],
      )
      return counted.rows[0]
    }
    const day = 86_400
    await deleteEnded(accounts.pool, later(now, 2 * day - 1))
    expect(await left()).toEqual({ sessions: 1, tokens: 2, links: 1 })
    await deleteEnded(accounts.pool, later(now, 2 * day + 1))
    expect(await left()).toEqual({ sessions: 1, tokens: 2, links: 0 })
    await deleteEnded(accounts.pool, later(now, 8 * day + 1))
    expect(await left()).toEqual({ sessions: 0, tokens: 0, links: 0 })
  })
})
