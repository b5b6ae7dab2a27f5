import { decoyHash } from '../src/domain/accounts/password'
import { demoId } from '../src/platform/database/demo-mark'
import type { Sql } from '../src/platform/database/sql'
import type { DemoPerson } from './people'
import type { Random } from './random'
import { currentOf, extraOf, PAUSED_MS, PAUSED_REASON } from './roles'
import { DAY_MS } from './time'
import { insert } from './write'

const BCRYPT_COST = 12

/**
 * Writes people, their credentials and keys, and their subscriptions; returns their sessions. Nobody can sign in as one
 * of them: no password matches their hash, and the key hash is a placeholder that no key can match.
 */
export async function writePeople(
  sql: Sql,
  people: DemoPerson[],
  now: Date,
  random: Random,
): Promise<DemoSession[]> {
  const stamps = ({ joinedAt }: DemoPerson) => ({ created_at: joinedAt, updated_at: joinedAt })
  const users = people.map((person) => ({
    id: person.id,
    name: person.name,
    email: person.email,
    role: 'user',
    disabled: false,
    email_confirmed_at: new Date(person.joinedAt.getTime() + 600_000),
    ...stamps(person),
  }))
  await insert(sql, 'users', users)
  const credentials = people.map((person, index) => ({
    user_id: person.id,
    password_hash: decoyHash(BCRYPT_COST),
    failed_logins: index % 11 === 2 ? 3 : 0,
    locked_until: index === 7 ? new Date(now.getTime() + 10 * 60_000) : null,
    changed_at: person.joinedAt,
  }))
  await insert(sql, 'credentials', credentials)
  const keys = people.flatMap((person) =>
    person.keys.map((id, index) => ({
      id,
      user_id: person.id,
      name: index === 0 ? 'Production' : 'Notebook',
      key_prefix: `jhub_demo${id.slice(-4)}`,
      key_hash: `none-${id}`,
      active: index === 0 || person.keyRevokedAt === null,
      created_at: person.joinedAt,
      updated_at: (index > 0 && person.keyRevokedAt) || person.joinedAt,
    })),
  )
  await insert(sql, 'api_keys', keys)
  await writeSubscriptions(sql, people, now)
  return writeSessions(sql, people, now, random)
}

/** The browsers of the demo's sessions. */
export const BROWSERS = [
  'Mozilla/5.0 (X11; Linux x86_64) Firefox/141.0',
  'Mozilla/5.0 (Macintosh) Safari/605.1',
  'Mozilla/5.0 (Windows NT 10.0) Chrome/139.0',
]

/** A session, as the table keeps it. */
export type DemoSession = {
  id: string
  user_id: string
  created_at: Date
  address: string
  user_agent: string
}

async function writeSessions(
  sql: Sql,
  people: DemoPerson[],
  now: Date,
  random: Random,
): Promise<DemoSession[]> {
  const sessions = people.flatMap((person, index) =>
    Array.from({ length: random.between(0, 2) }, (_, nth) => {
      const last = new Date(now.getTime() - random.between(1, 200) * 360_000)
      return {
        id: demoId('session', index * 10 + nth),
        user_id: person.id,
        created_at: new Date(
          Math.max(person.joinedAt.getTime(), last.getTime() - random.between(0, 5) * DAY_MS),
        ),
        last_used_at: last,
        expires_at: new Date(now.getTime() + random.between(1, 25) * DAY_MS),
        address: `198.51.100.${random.between(1, 254)}`,
        user_agent: random.pick(BROWSERS),
      }
    }),
  )
  await insert(sql, 'sessions', sessions)
  return sessions
}

async function writeSubscriptions(sql: Sql, people: DemoPerson[], now: Date): Promise<void> {
  const rows = people.map((person, index) => {
    const current = currentOf(person)
    const extra = extraOf(person)
    const isPaused = person.role?.paused ?? false
    return {
      id: demoId('subscription', index),
      user_id: person.id,
      plan_id: current.plan.id,
      pending_plan_id: person.pendingPlan?.id ?? null,
      status: person.status,
      started_at: person.joinedAt,
      period_start: current.start,
      period_end: current.end,
      extra_tokens: extra > 0 ? [extra] : null,
      extra_until: extra > 0 ? [current.end] : null,
      paused_at: isPaused ? new Date(now.getTime() - PAUSED_MS) : null,
      paused_reason: isPaused ? PAUSED_REASON : null,
      created_at: person.joinedAt,
      updated_at: person.joinedAt,
    }
  })
  await insert(sql, 'subscriptions', rows)
}
