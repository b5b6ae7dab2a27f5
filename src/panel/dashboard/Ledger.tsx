import type { WidgetServerProps } from 'payload'
import { inFull, inUtc } from '../../platform/kernel/in-words'
import { Card, Nothing } from '../parts/Card'
import { dashboardData } from './load'

const MOST = 5

/** The result of the last ledger check: whether the sums match the rows. */
export async function Ledger({ req }: WidgetServerProps) {
  const { check } = await dashboardData(req)
  if (!check)
    return (
      <Card title="Ledger check" link="/admin/ledger">
        <Nothing>
          No check has run yet. The first one runs by itself soon after the first start, then each night at
          02:00 UTC; or from the page behind this title.
        </Nothing>
      </Card>
    )
  const { drift_count: count, periods, users, stray_rows: stray } = check
  const byWhom = { timer: 'by the timer', command: 'by the command', admin: 'by an admin' }[check.asked_by]
  return (
    <Card title="Ledger check" link="/admin/ledger" note={`${inUtc(new Date(check.at))}, ${byWhom}`}>
      <p style={{ margin: 0 }}>
        <strong className={count === 0 ? 'hub-good' : 'hub-bad'}>
          {count === 0 ? 'No drift.' : `${inFull(count)} figures differ from their rows.`}
        </strong>{' '}
        {inFull(periods)} periods of {inFull(users)} users were recomputed from their rows.
        {stray > 0 && ` ${inFull(stray)} rows lie outside of any month.`}
      </p>
      {count > MOST && (
        <p className="hub-note">
          <a href={`/admin/ledger#check-${check.id}`}>All of them</a>
        </p>
      )}
      {count > 0 && (
        <ul className="hub-note">
          {check.drifts.slice(0, MOST).map((drift) => (
            <li key={`${drift.user_id}${drift.period_start}${drift.figure}`}>
              {drift.user_id ? (
                <a href={`/admin/collections/users/${drift.user_id}`}>a user</a>
              ) : (
                'the platform'
              )}
              : {drift.figure} is {inFull(drift.found)}, the rows say {inFull(drift.rows)}
            </li>
          ))}
        </ul>
      )}
    </Card>
  )
}
