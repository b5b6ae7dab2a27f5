import { inTransaction } from '../../platform/database/sql'
import { type OpenBreaker, openBreakers } from '../tools/breakers'
import { ALERTS_LOCK, type AlertsDeps } from './alert'
import { raiseAlert, readAudience } from './raise-alert'

/** When no instance has seen a failure for this long, it is over, and the next failure raises a new alert. */
const OVER_AFTER_MINUTES = 15

/**
 * Raises alerts for tools that this instance no longer calls because they are down (their breaker is open), once for
 * each failure: it is the same failure while any instance still sees it. Costs nothing while no breaker is open.
 * Returns how many were raised.
 */
export async function watchTools(
  deps: AlertsDeps,
  open: OpenBreaker[] = openBreakers(),
  now: Date | null = null,
): Promise<number> {
  let raised = 0
  for (const breaker of open) if (await tell(deps, breaker, now)) raised += 1
  return raised
}

function tell(deps: AlertsDeps, { toolId, upstream }: OpenBreaker, now: Date | null): Promise<boolean> {
  return inTransaction(deps.pool, async (sql) => {
    await sql.query(`select pg_advisory_xact_lock(${ALERTS_LOCK})`)
    const known = await sql.query(SEEN_AGAIN, [toolId, upstream, now, OVER_AFTER_MINUTES])
    if (known.rows.length > 0) return false
    const found = await sql.query<{ name: string; at: Date }>(
      'select name, coalesce($2::timestamptz, now()) as at from tools where id = $1',
      [toolId, now],
    )
    const tool = found.rows[0]
    if (!tool) return false
    const where = upstream ? `${tool.name} (${upstream})` : tool.name
    const alert = {
      kind: 'tool-failing' as const,
      key: `tool-failing:${toolId}:${upstream ?? ''}:${tool.at.getTime()}`,
      title: `The tool ${where} is failing and is not called for now`,
      data: { tool: tool.name, upstream, since: tool.at.toISOString() },
      toolId,
    }
    return raiseAlert(sql, alert, await readAudience(sql, deps), now)
  })
}

const SEEN_AGAIN = `
  update alerts set last_seen_at = moment.at from (select coalesce($3::timestamptz, now()) as at) moment
  where kind = 'tool-failing' and tool_id = $1 and data->>'upstream' is not distinct from $2::text
    and last_seen_at > moment.at - make_interval(mins => $4)
  returning id`
