import type { ApiLedgerCheck } from './ledger-report'

/** A ledger check as lines for a terminal; null means that another process is already checking. */
export function toLines(report: ApiLedgerCheck | null): string[] {
  if (!report) return ['Another ledger check is running.']
  const { drifts, drift_count: count, periods, users, stray_rows: stray, took_ms: tookMs } = report
  return [
    `Checked ${periods} periods of ${users} users in ${tookMs} ms: ${count === 0 ? 'no drift' : `${count} drifts`}.`,
    ...drifts.map(
      ({ user_id, period_start, figure, rows, found }) =>
        `${user_id ?? 'platform'} ${period_start ?? 'now'}: ${figure} is ${found}, the rows say ${rows}`,
    ),
    ...(count > drifts.length ? [`… and ${count - drifts.length} more`] : []),
    ...(stray > 0 ? [`${stray} rows lie outside of any month's partition.`] : []),
  ]
}
