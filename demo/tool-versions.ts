import type { Sql } from '../src/platform/database/sql'
import { DAY_MS } from './time'
import { DEMO_TOOLS, type DemoTool } from './tools'

/** A change of a tool, as the history of its versions and the audit log show it. */
export type DemoToolChange = {
  tool: DemoTool
  at: Date
  isDraft: boolean
  /** Columns of a version, before and after. */
  changes: Record<string, { from: unknown; to: unknown }>
}

/** A price that was raised some weeks ago, and an unpublished draft. */
export function demoToolChanges(now: Date): DemoToolChange[] {
  const ago = (days: number) => new Date(now.getTime() - days * DAY_MS)
  const priced = DEMO_TOOLS.find(({ metering }) => metering.mode === 'fixed') as DemoTool
  const drafted = DEMO_TOOLS.find(({ metering }) => metering.mode === 'reported') as DemoTool
  const price = priced.metering.mode === 'fixed' ? priced.metering.tokens : 0
  const draft = `Answers up to twice as long. ${drafted.description}`
  return [
    {
      tool: priced,
      at: ago(38),
      isDraft: false,
      changes: { metering_tokens: { from: price - 5, to: price } },
    },
    {
      tool: drafted,
      at: ago(0.3),
      isDraft: true,
      changes: {
        description: { from: drafted.description, to: draft },
        timeout_ms: { from: drafted.timeoutMs, to: drafted.timeoutMs * 2 },
      },
    },
  ]
}

/** Writes the versions that these changes left; each tool has one version already, the published one. */
export async function writeToolVersions(sql: Sql, changes: DemoToolChange[]): Promise<void> {
  for (const { tool, at, isDraft, changes: fields } of changes) {
    const values = Object.fromEntries(
      Object.entries(fields).map(([column, { from, to }]) => [`version_${column}`, isDraft ? to : from]),
    )
    if (isDraft) await sql.query(ADD_DRAFT, [tool.id, { ...values, version__status: 'draft' }, at])
    else await sql.query(ADD_EARLIER, [tool.id, values, at])
  }
}

/** The version that was published before gets the first version's times; the existing version is dated $3. */
const ADD_EARLIER = `
  with earlier as (
    insert into _tools_v select n.* from _tools_v v
    cross join lateral jsonb_populate_record(v, $2::jsonb || jsonb_build_object('id', gen_random_uuid(), 'latest', false)) n
    where v.parent_id = $1 and v.latest
  ), published as (
    update tools set updated_at = $3::timestamptz where id = $1
  )
  update _tools_v set created_at = $3::timestamptz, updated_at = $3::timestamptz, version_updated_at = $3::timestamptz
  where parent_id = $1 and latest`

const ADD_DRAFT = `
  with draft as (
    insert into _tools_v select n.* from _tools_v v
    cross join lateral jsonb_populate_record(v, $2::jsonb || jsonb_build_object('id', gen_random_uuid(),
      'created_at', $3::timestamptz, 'updated_at', $3::timestamptz, 'version_updated_at', $3::timestamptz)) n
    where v.parent_id = $1 and v.latest
  )
  update _tools_v set latest = false where parent_id = $1 and latest`
