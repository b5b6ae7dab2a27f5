import { randomBytes } from 'node:crypto'
import type { Pool } from 'pg'
import type { AccountsDeps, Origin } from '../../src/domain/accounts/deps'
import { type Profile, registerUser } from '../../src/domain/accounts/register'
import { hubSchemaUp } from '../../src/platform/database/schema'
import type { Problem } from '../../src/platform/kernel/problem'
import { baseTables } from '../ledger/base-tables'
import { freshDatabase } from '../support/database'
import { queuedMails } from '../support/outbox'

export const PASSWORD = 'Tr1cky-horse'

export type Accounts = { deps: AccountsDeps; pool: Pool; drop: () => Promise<void> }

/** A database with the hub's tables, and the room's operations on it. Hashing is as cheap as bcrypt allows. */
export async function accountsDatabase(changes: Partial<AccountsDeps['config']> = {}): Promise<Accounts> {
  const database = await freshDatabase(30)
  for (const statement of [...baseTables, ...hubSchemaUp]) await database.pool.query(statement)
  const config: AccountsDeps['config'] = {
    accessTokenMinutes: 30,
    refreshTokenDays: 7,
    bcryptCost: 4,
    hashesAtOnce: 2,
    hubUrl: 'http://localhost:3000',
    emailLinkUrl: undefined,
    requireEmailConfirmation: false,
    sessionMaxDays: 90,
    secret: randomBytes(32).toString('hex'),
    ...changes,
  }
  return { deps: { pool: database.pool, config }, pool: database.pool, drop: database.drop }
}

/** Another address each time, so that no test meets the limits of another. */
export function somewhere(): Origin {
  const [a, b, c] = randomBytes(3)
  return { address: `10.${a}.${b}.${c}`, userAgent: 'jest' }
}

export function someEmail(): string {
  return `user-${randomBytes(6).toString('hex')}@example.com`
}

/** A registered user, through the real service. */
export function someUser(deps: AccountsDeps, now: Date | null = null): Promise<Profile> {
  return registerUser(deps, { name: 'Ada', email: someEmail(), password: PASSWORD }, somewhere(), now)
}

/** What an operation refused with; fails the test when it did not refuse. */
export async function refusal(work: Promise<unknown>): Promise<Problem> {
  const outcome = await work.then(
    () => new Error('it was not refused'),
    (error: unknown) => error,
  )
  if (!(outcome instanceof Error) || outcome.name !== 'Problem') throw outcome
  return outcome as Problem
}

/** The token in the newest mail to this address. */
export async function mailedToken(pool: Pool, email: string): Promise<string> {
  const [newest] = await queuedMails(pool, email)
  return /#token=([\w-]{43})\b/.exec(newest?.text ?? '')?.[1] ?? ''
}

export function later(from: Date, seconds: number): Date {
  return new Date(from.getTime() + seconds * 1_000)
}
