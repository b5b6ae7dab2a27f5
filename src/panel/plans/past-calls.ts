import type { PastFlight } from '../../domain/billing/replay'
import type { Sql } from '../../platform/database/sql'

/** A time of a user whose calls are played again: a period, or a day. */
export type Stretch = { userId: string; from: Date; until: Date; calls: number }

/** So many stretches are read by one statement. */
const AT_ONCE = 50

/** As many of the first as fit into so many rows; one that is too large by itself does not keep out those after it. */
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

/** The calls of each stretch in their order, `counts` where they were admitted under the plan. */
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

/** What belongs together, in its order. */
export function grouped<Key, One>(all: readonly One[], keyOf: (one: One) => Key): Map<Key, One[]> {
  const groups = new Map<Key, One[]>()
  for (const one of all) {
    const group = groups.get(keyOf(one))
    if (group) group.push(one)
    else groups.set(keyOf(one), [one])
  }
  return groups
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
