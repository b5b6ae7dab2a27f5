import type { Sql } from '../../platform/database/sql'
import { Problem } from '../../platform/kernel/problem'
import { limitOf, type SubscriptionRow } from './subscription-row'

/** The unused part of a grant: `taken` can be taken back, `kept` has been used or is held. */
export type Remainder = { grantId: string; tokens: number; taken: number; kept: number; expiresAt: Date }

/**
 * Decides how much of a grant of the current period can be taken back: as much as the user has left, at most the
 * whole grant. Used tokens stay used and paid for. The subscription must be locked and in its current period. Throws
 * NOT_FOUND, and CONFLICT for a grant that has ended, was taken back before or is used up.
 */
export async function remainderOf(sql: Sql, row: SubscriptionRow, grantId: string): Promise<Remainder> {
  const { rows } = await sql.query<{
    tokens: number
    expiresAt: Date
    periodStart: Date
    takenAt: Date | null
  }>(
    `select tokens::float8 as tokens, expires_at as "expiresAt", period_start as "periodStart", taken_at as "takenAt"
     from token_grants where id = $1 and user_id = $2 for update`,
    [grantId, row.userId],
  )
  const grant = rows[0]
  if (!grant) throw new Problem('NOT_FOUND', 'There is no such grant.')
  if (grant.takenAt) throw new Problem('CONFLICT', 'This grant was taken back already.')
  if (grant.periodStart.getTime() !== row.periodStart.getTime() || grant.expiresAt <= row.at)
    throw new Problem('CONFLICT', 'This grant has already expired.')
  const left = Math.max(0, limitOf(row) - row.tokensUsed - row.tokensHeld)
  const taken = Math.min(grant.tokens, left)
  if (taken === 0) throw new Problem('CONFLICT', 'Nothing is left of this grant: it was used.')
  return { grantId, tokens: grant.tokens, taken, kept: grant.tokens - taken, expiresAt: grant.expiresAt }
}

/** The audit log's text about taking it back. */
export const takenBackNote = ({ taken, tokens }: Remainder, reason: string) =>
  `Took back ${taken.toLocaleString('en')} of ${tokens.toLocaleString('en')} extra tokens: ${reason}`

type TakingBack = { reason: string; adminId: string }

/**
 * Takes it back: lowers the limit of the period by that amount and stores on the grant who took it back, when and
 * why. The update checks that the limit does not fall below the used and held tokens.
 */
export async function takeBack(
  sql: Sql,
  row: SubscriptionRow,
  { grantId, tokens, taken, expiresAt }: Remainder,
  { reason, adminId }: TakingBack,
): Promise<void> {
  const noted = await sql.query(
    `update token_grants set taken_back = $3, taken_at = $4, taken_by = $5, taken_reason = $6
     where id = $1 and user_id = $2 and taken_at is null`,
    [grantId, row.userId, taken, row.at, adminId, reason],
  )
  const lowered = await sql.query(LOWER, [row.userId, row.periodStart, tokens, expiresAt, taken, row.at])
  if (noted.rowCount !== 1 || lowered.rowCount !== 1)
    throw new Problem(
      'CONFLICT',
      'This grant is missing from the balance. See what the ledger check reports.',
    )
}

/** If two grants are identical, it does not matter which one changes. */
const LOWER = `
  update subscriptions s set extra_tokens = g.tokens, extra_until = g.until
  from subscriptions o join plans p on p.id = o.plan_id, lateral (
    select array_agg(e.tokens - case when e.n = f.n then $5::bigint else 0 end order by e.n)
        filter (where e.n <> f.n or e.tokens > $5) as tokens,
      array_agg(e.until order by e.n) filter (where e.n <> f.n or e.tokens > $5) as until
    from unnest(o.extra_tokens, o.extra_until) with ordinality as e(tokens, until, n), (
      select min(n) as n from unnest(o.extra_tokens, o.extra_until) with ordinality as a(tokens, until, n)
      where a.tokens = $3 and a.until = $4
    ) f where f.n is not null
  ) g
  where s.user_id = $1 and o.user_id = $1 and s.period_start = $2
    and exists (select from unnest(o.extra_tokens, o.extra_until) as a(tokens, until) where a.tokens = $3 and a.until = $4)
    and s.tokens_used + s.tokens_held <= p.token_limit + hub_extra_tokens(o.extra_tokens, o.extra_until, $6) - $5`
