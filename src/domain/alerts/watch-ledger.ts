import { inTransaction } from '../../platform/database/sql'
import type { AlertsDeps, NewAlert } from './alert'
import { raiseAlert, readAudience } from './raise-alert'

/** Raises an alert for what a nightly ledger check found, once for each check. Returns how many were raised. */
export async function watchLedger(deps: AlertsDeps, now: Date | null = null): Promise<number> {
  const { rows } = await deps.pool.query<Found>(FOUND, [now])
  let raised = 0
  for (const row of rows) {
    const isNew = await inTransaction(deps.pool, async (sql) =>
      raiseAlert(sql, toAlert(row), await readAudience(sql, deps), now),
    )
    if (isNew) raised += 1
  }
  return raised
}

type Found = { id: string; at: Date; drift_count: number; stray_rows: number; users: number }

const FOUND = `
  select id, at, drift_count::float8 as drift_count, stray_rows::float8 as stray_rows, users::float8 as users
  from ledger_checks c
  where at > coalesce($1::timestamptz, now()) - interval '3 days' and asked_by = 'timer'
    and drift_count + stray_rows > 0
    and not exists (select from alerts a where a.key = 'ledger-drift:' || c.id)
  order by at`

function toAlert({ id, at, drift_count, stray_rows, users }: Found): NewAlert {
  return {
    kind: 'ledger-drift',
    key: `ledger-drift:${id}`,
    title: `The nightly ledger check found ${drift_count} drifts and ${stray_rows} stray rows`,
    data: {
      check: id,
      at: at.toISOString(),
      drifts: drift_count,
      strayRows: stray_rows,
      usersChecked: users,
    },
  }
}
