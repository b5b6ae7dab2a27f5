import { KEPT_DAYS } from '../src/domain/refusals/keep-refusal'
import { FIRST_TOOL_VERSIONS } from '../src/platform/database/schema/drafts'
import type { Sql } from '../src/platform/database/sql'
import type { DemoCall } from './demo-call'
import type { DemoRefusal } from './refusals'
import { DAY_MS } from './time'
import { DEMO_TOOLS } from './tools'

const ROWS_AT_ONCE = 5_000

/** Adds rows to a table; columns that the first one does not name keep their default. */
export async function insert(sql: Sql, table: string, rows: object[]): Promise<void> {
  const columns = Object.keys(rows[0] ?? {}).join(', ')
  for (let from = 0; from < rows.length; from += ROWS_AT_ONCE) {
    const some = JSON.stringify(rows.slice(from, from + ROWS_AT_ONCE))
    await sql.query(
      `insert into ${table} (${columns}) select ${columns} from jsonb_populate_recordset(null::${table}, $1)`,
      [some],
    )
  }
}

/** Writes the demo's tools. */
export async function writeTools(sql: Sql, since: Date): Promise<void> {
  const rows = DEMO_TOOLS.map((tool) => ({
    id: tool.id,
    name: tool.name,
    slug: tool.slug,
    description: tool.description,
    category: tool.category,
    minimum_tier: tool.minimumTier,
    adapter: 'http',
    endpoint: `https://tools.demo.invalid/${tool.slug}`,
    timeout_ms: tool.timeoutMs,
    retries: 1,
    metering_mode: tool.metering.mode,
    metering_tokens: tool.metering.mode === 'fixed' ? tool.metering.tokens : null,
    is_active: true,
    created_at: since,
    updated_at: since,
  }))
  await insert(sql, 'tools', rows)
  await sql.query(FIRST_TOOL_VERSIONS)
}

/** Writes the refusals that a hub would still have; it keeps refusals for 30 days. */
export async function writeRefusals(sql: Sql, refusals: DemoRefusal[], now: Date): Promise<void> {
  const since = new Date(now.getTime() - KEPT_DAYS * DAY_MS).toISOString()
  const kept = refusals.filter(({ at }) => at >= since)
  if (kept.length > 0) await insert(sql, 'refusals', kept)
}

/** Writes the calls. */
export const writeCalls = (sql: Sql, calls: DemoCall[]) => insert(sql, 'usage_logs', calls)
