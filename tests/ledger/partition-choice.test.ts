import { createRequire } from 'node:module'
import { afterAll, beforeAll, expect, jest, test } from '@jest/globals'
import pg from 'pg'
import { success, World } from './world'

/**
 * The kind: a statement that waits for a row and chooses partitions while it runs. PostgreSQL 18 shares the state of that
 * choice with its second check of the row, and then loses rows or crashes the server.
 */
let world: World
/** The driver's own, which has no types. */
const { prepareValue } = createRequire(import.meta.url)('pg/lib/utils.js') as {
  prepareValue: (value: unknown) => string | Buffer | null
}

type Statement = { name: string; text: string; values: unknown[] }

const statements = new Map<string, Statement>()
/** As the driver sends it, for `execute`. */
const literal = (value: unknown): string => {
  const sent = prepareValue(value)
  return sent === null ? 'null' : pg.escapeLiteral(String(sent))
}

beforeAll(async () => {
  world = await World.open()
  const queries = jest.spyOn(pg.Client.prototype, 'query')
  const meter = world.meter()
  const person = await world.subscriber({ tokens: 1_000 })
  const call = world.call(person, { tokens: 1, idempotency: { key: 'k', bodyHash: '00'.repeat(32) } })
  await meter.admit(call)
  const usual = world.call(person, { tokens: 1 })
  await meter.admit(usual)
  for (const { usageId } of [call, usual, usual]) await meter.settle(success(person, usageId, 1))
  for (const [query] of queries.mock.calls as unknown as Array<[Partial<Statement>]>)
    if (query.name) statements.set(query.name, query as Statement)
  queries.mockRestore()
})
afterAll(() => world.close())

test.each(['hub_admit', 'hub_admit_rare', 'hub_settle', 'hub_settle_rare'])(
  '%s leaves no choice of partitions to the time when it runs',
  async (name) => {
    const { text, values } = statements.get(name) as Statement
    const client = await world.pool.connect()
    try {
      await client.query('set plan_cache_mode = force_generic_plan; set enable_seqscan = off')
      await client.query(`prepare shown as ${text}`)
      const { rows } = await client.query<{ 'QUERY PLAN': string }>(
        `explain execute shown(${values.map(literal).join(', ')})`,
      )
      const lines = rows.map((row) => row['QUERY PLAN'])
      expect(lines.length).toBeGreaterThan(5)
      // What a subquery or another row says is known only then.
      const chosen = /Index Cond.*[( ]id (=|<|>|<=|>=) \(?(InitPlan|SubPlan|[a-z_]+\d*\.)/
      const ofLog = lines.filter((_, at) => /Scan .*usage_logs/.test(lines[at - 1] ?? ''))
      expect(ofLog.filter((line) => chosen.test(line))).toEqual([])
    } finally {
      await client.query('deallocate all; reset all').finally(() => client.release())
    }
  },
)
