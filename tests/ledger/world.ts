import { createHash, randomUUID } from 'node:crypto'
import pg from 'pg'
import { periodAt } from '../../src/domain/billing/period'
import type { Admission, AdmissionRequest } from '../../src/domain/ledger/call'
import { createMeter, type Meter } from '../../src/domain/ledger/meter'
import { newUsageId } from '../../src/domain/ledger/usage-id'
import { hubSchemaUp } from '../../src/platform/database/schema'
import { freshDatabase, type TestDatabase } from '../support/database'
import { baseTables } from './base-tables'

export type Person = { userId: string; keyHash: string }
export type PlanLimits = {
  name?: string
  tier?: string
  rank?: number
  tokens?: number
  rpm?: number
  burst?: number
  atOnce?: number
}
export type Call = Partial<AdmissionRequest> & { tokens?: number; mode?: 'exact' | 'up-to' }

/** A database with the ledger's tables, and the shortest ways to people, plans, tools and calls. */
export class World {
  private constructor(
    readonly database: TestDatabase,
    readonly toolId: string,
  ) {}
  readonly pools: pg.Pool[] = []

  static async open(): Promise<World> {
    const database = await freshDatabase()
    for (const statement of [...baseTables, ...hubSchemaUp]) await database.pool.query(statement)
    const tool = await database.pool.query(
      `insert into tools (name, slug) values ('Echo', 'echo') returning id`,
    )
    return new World(database, tool.rows[0].id)
  }

  async close(): Promise<void> {
    for (const pool of this.pools) await pool.end()
    await this.database.drop()
  }

  get pool() {
    return this.database.pool
  }

  /** A meter on a pool of its own, as another process would have it. */
  meter(instanceId?: string): Meter {
    return createMeter(this.hubPool(), instanceId)
  }

  /** One hub after another, on one pool. */
  nextMeter(): Meter {
    this.shared ??= this.hubPool()
    return createMeter(this.shared)
  }
  private shared: pg.Pool | undefined

  /** A pool as a hub has it. */
  hubPool(): pg.Pool {
    const pool = new pg.Pool({ connectionString: this.database.url, max: 4 })
    pool.on('error', () => undefined)
    this.pools.push(pool)
    return pool
  }

  async one<Row = Record<string, unknown>>(text: string, values: unknown[] = []): Promise<Row> {
    return (await this.pool.query(text, values)).rows[0] as Row
  }

  async plan(limits: PlanLimits = {}): Promise<string> {
    const {
      name = randomUUID(),
      tier = 'free',
      rank = 1,
      tokens = 1000,
      rpm = 60_000,
      burst = 10_000,
      atOnce = 10_000,
    } = limits
    const row = await this.one<{ id: string }>(
      `insert into plans (name, title, tier, rank, token_limit, requests_per_minute, burst, calls_at_once)
       values ($1, $1, $2, $3, $4, $5, $6, $7) returning id`,
      [name, tier, rank, tokens, rpm, burst, atOnce],
    )
    return row.id
  }

  async person(): Promise<Person> {
    const userId = randomUUID()
    const keyHash = createHash('sha256').update(userId).digest('hex')
    await this.pool.query(`insert into users (id, name, email) values ($1, 'P', $2)`, [
      userId,
      `${userId}@x.test`,
    ])
    await this.pool.query(
      `insert into api_keys (user_id, name, key_prefix, key_hash) values ($1, 'k', 'p', $2)`,
      [userId, keyHash],
    )
    return { userId, keyHash }
  }

  /** A person with a subscription that started at `start` (now). */
  async subscriber(limits: PlanLimits | string = {}, start = new Date()): Promise<Person> {
    const planId = typeof limits === 'string' ? limits : await this.plan(limits)
    const person = await this.person()
    const period = periodAt(start, start)
    await this.pool.query(
      `insert into subscriptions (user_id, plan_id, started_at, period_start, period_end) values ($1, $2, $3, $3, $4)`,
      [person.userId, planId, period.start, period.end],
    )
    return person
  }

  call(person: Person, { tokens = 100, mode = 'exact', ...rest }: Call = {}): AdmissionRequest {
    return {
      credential: { kind: 'api-key', keyHash: person.keyHash },
      toolId: this.toolId,
      toolRevision: 1,
      usageId: newUsageId(rest.now ?? null),
      requestId: randomUUID(),
      hold: { tokens, mode },
      deadlineMs: 30_000,
      ...rest,
    }
  }

  balance(person: Person) {
    return this.one<{ used: number; held: number; flying: number; start: Date; end: Date }>(
      `select tokens_used::float8 as used, tokens_held::float8 as held, calls_in_flight as flying,
         period_start as start, period_end as "end" from subscriptions where user_id = $1`,
      [person.userId],
    )
  }

  /** Resolves when a statement waits for a whole table, or for a row that another transaction changed. */
  async waiting(lock: 'relation' | 'transactionid'): Promise<void> {
    const waiting = `select count(*)::int as n from pg_stat_activity
      where datname = current_database() and wait_event_type = 'Lock' and wait_event = $1`
    const until = Date.now() + 20_000
    while (Date.now() < until) {
      if ((await this.one<{ n: number }>(waiting, [lock])).n === 1) return
      await new Promise((resolve) => setTimeout(resolve, 5))
    }
    throw new Error(`no statement waited for a ${lock}`)
  }

  row(usageId: string) {
    return this.one<{
      status: string
      tokens: number
      held: number
      error_code: string | null
      period_start: Date
    }>(
      `select status, tokens_used::float8 as tokens, tokens_held::float8 as held, error_code, period_start
       from usage_logs where id = $1`,
      [usageId],
    )
  }
}

/** A successful end of an admitted call. */
export const success = (person: Person, usageId: string, tokens = 100, now: Date | null = null) => ({
  usageId,
  userId: person.userId,
  status: 'success' as const,
  tokens,
  source: 'fixed' as const,
  durationMs: 5,
  now,
})

/** How many of these were admitted, and how many refused for which reason. */
export function tally(admissions: Admission[]): Record<string, number> {
  const counts: Record<string, number> = {}
  for (const admission of admissions) {
    const name = admission.admitted ? 'admitted' : admission.reason
    counts[name] = (counts[name] ?? 0) + 1
  }
  return counts
}
