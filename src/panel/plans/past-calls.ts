import type { PastFlight } from '../../domain/billing/replay'
import type { Sql } from '../../platform/database/sql'
import { grouped } from '../../platform/kernel/grouped'

/** A user's period or day whose calls are replayed. */
export type Stretch = { userId: string; from: Date; until: Date; calls: number }

/** How many stretches one statement reads. */
const AT_ONCE = 50

/**
 * The first stretches that fit into `rows` rows; one that does not fit is skipped, and smaller ones after it may fit.
 */
export function withinRows<One extends Stretch>(stretches: One[], rows: number): Set<One> {
  const taken = new Set<One>()
  let left = rows
  for (const one of stretches) {
    if (one.calls > left) continue
    left -= one.calls
    taken.add(one)
  }
  return taken
}

/** Reads the calls of each stretch in order; `counts` is true if a call was admitted under the plan. */
export async function eachPast<One extends Stretch>(
  sql: Sql,
  planId: string,
  stretches: Iterable<One>,
  play: (one: One, calls: PastFlight[]) => void,
): Promise<void> {
  const all = [...stretches]
  for (let first = 0; first < all.length; first += AT_ONCE) {
    const some = all.slice(first, first + AT_ONCE)
    const { rows } = await sql.query<PastFlight & { n: number }>(CALLS, [
      some.map(({ userId }) => userId),
      some.map(({ from }) => from),
      some.map(({ until }) => until),
      planId,
    ])
    const byStretch = grouped(rows, ({ n }) => n)
    for (const [index, one] of some.entries()) play(one, byStretch.get(index + 1) ?? [])
  }
}

const CALLS = `
  select s.n::int as n, c.* from unnest($1::uuid[], $2::timestamptz[], $3::timestamptz[]) with ordinality as s(user_id, since, until, n)
  cross join lateral (
    select id, created_at as at, created_at + coalesce(duration_ms, 0) * interval '1 millisecond' as until,
      greatest(tokens_used, 0)::float8 as tokens, coalesce(plan_id = $4, false) as counts
    from usage_logs l
    where l.user_id = s.user_id and l.status <> 'trial' and l.id >= hub_uuid_at(s.since) and l.id < hub_uuid_at(s.until)
    order by l.id
  ) c`
