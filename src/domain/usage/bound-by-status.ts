import type { CollectionBeforeOperationHook, Where } from 'payload'
import type { Sql } from '../../platform/database/sql'
import { type Condition, conditionsOf, namedValues, withBounds } from '../../platform/payload/bound-where'
import { readingSql } from '../../platform/payload/payload-sql'
import { LONGEST_CALL } from '../ledger/sweep'

/**
 * Payload's `beforeOperation` hook of the usage log. No index contains the status (decision 9), and two of its values
 * are rare. So calls in flight are searched among the latest calls, trials among the calls of users who ever tried a
 * tool.
 */
export const boundByStatus: CollectionBeforeOperationHook = async ({ args, req }) => {
  const { where } = args as { where?: Where }
  const asked = where ? new Set(conditionsOf(where, 'status').map(onlyStatus)) : new Set()
  if (!where || !(asked.has('pending') || asked.has('trial'))) return args
  const sql = await readingSql(req)
  const bounds = new Map([
    ['pending', asked.has('pending') ? await boundOfPending(sql) : []],
    ['trial', asked.has('trial') ? await boundOfTrials(sql) : []],
  ])
  return {
    ...args,
    where: withBounds(where, 'status', (condition) => bounds.get(onlyStatus(condition) ?? '') ?? []),
  }
}

function onlyStatus(condition: Condition): string | undefined {
  const named = namedValues(condition)
  return named.length === 1 ? named[0] : undefined
}

/** Only the latest calls, if the balances show that no older call is in flight (as after a crash of all instances). */
async function boundOfPending(sql: Sql): Promise<Where[]> {
  const { rows } = await sql.query<{ since: string; has_all: boolean }>(LATEST_PENDING, [])
  return rows[0]?.has_all ? [{ id: { greater_than_equal: rows[0].since } }] : []
}

/** Compared per user: calls of a user who was deleted meanwhile must not hide an older call of another user. */
const LATEST_PENDING = `
  with bound as materialized (select hub_uuid_at(now() - ${LONGEST_CALL}) as since),
  latest as materialized (
    select user_id, count(*) as calls from usage_logs
    where id >= (select since from bound) and status = 'pending' group by user_id)
  select since, not exists (
    select from subscriptions s left join latest l using (user_id)
    where s.calls_in_flight > coalesce(l.calls, 0)) as has_all
  from bound`

async function boundOfTrials(sql: Sql): Promise<Where[]> {
  const { rows } = await sql.query<{ user_id: string }>(MAY_HAVE_TRIED, [])
  return [{ user: { in: rows.map((row) => row.user_id) } }]
}

/** Includes all admins, because an instance of an earlier version does not record who tried a tool. */
const MAY_HAVE_TRIED = `select user_id from usage_trial_users union select id from users where role = 'admin'`
