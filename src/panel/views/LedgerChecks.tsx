import { type ApiLedgerCheck, listLedgerChecks } from '../../domain/usage/ledger-report'
import { runtime } from '../../platform/runtime/runtime'
import { Card, Nothing } from '../parts/Card'
import { counted, inFull, inTime, inUtc } from '../parts/numbers'
import { CheckNow } from './CheckNow'
import { panelView } from './panel-view'

const CHECKS = 30
const MOST_DRIFTS = 100

const BY = { timer: 'timer', command: 'command', admin: 'admin' }

/** The last ledger checks, and every figure in which one of them found a difference. */
export const LedgerChecks = panelView('Ledger checks', async () => {
  const checks = await listLedgerChecks(runtime().pool, CHECKS)
  const drifting = checks.filter(({ drift_count }) => drift_count > 0)
  return (
    <>
      <Card title="What was checked" note={`the last ${CHECKS} at most`}>
        {checks.length === 0 ? <Nothing>No check has run yet.</Nothing> : <Checks checks={checks} />}
        <div className="hub-choices">
          <CheckNow />
        </div>
        <p className="hub-note">
          A check recomputes the sums of current periods, and of those that ended in the last 35 days, from
          the usage rows. Calls may go on meanwhile.
        </p>
      </Card>
      {drifting.map((check) => (
        <Drifts key={check.id} check={check} />
      ))}
    </>
  )
})

function Checks({ checks }: { checks: ApiLedgerCheck[] }) {
  return (
    <div className="hub-scroll">
      <table className="hub-table">
        <thead>
          <tr>
            <th scope="col">When</th>
            <th scope="col" className="hub-text">
              Asked by
            </th>
            <th scope="col">Users</th>
            <th scope="col">Periods</th>
            <th scope="col">Took</th>
            <th scope="col">Differences</th>
          </tr>
        </thead>
        <tbody>
          {checks.map((check) => (
            <tr key={check.id}>
              <td>{inUtc(new Date(check.at))}</td>
              <td className="hub-text">{BY[check.asked_by]}</td>
              <td>{inFull(check.users)}</td>
              <td>{inFull(check.periods)}</td>
              <td>{inTime(check.took_ms)}</td>
              <td className={check.drift_count === 0 ? 'hub-good' : 'hub-bad'}>
                {check.drift_count === 0 ? (
                  'none'
                ) : (
                  <a href={`#check-${check.id}`}>{inFull(check.drift_count)}</a>
                )}
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  )
}

function Drifts({ check }: { check: ApiLedgerCheck }) {
  const { drifts, drift_count: count } = check
  return (
    <div id={`check-${check.id}`}>
      <Card
        title={`${counted(count, 'difference')}, ${inUtc(new Date(check.at))}`}
        note={
          count > MOST_DRIFTS
            ? `the first ${MOST_DRIFTS}; GET /api/v1/admin/ledger/check has more of the last`
            : undefined
        }
      >
        <div className="hub-scroll">
          <table className="hub-table">
            <thead>
              <tr>
                <th scope="col">Of whom</th>
                <th scope="col" className="hub-text">
                  Period or day
                </th>
                <th scope="col" className="hub-text">
                  Figure
                </th>
                <th scope="col">Kept</th>
                <th scope="col">By the rows</th>
              </tr>
            </thead>
            <tbody>
              {drifts.slice(0, MOST_DRIFTS).map((drift) => (
                <tr key={`${drift.user_id}${drift.period_start}${drift.figure}`}>
                  <td>
                    {drift.user_id ? (
                      <a href={`/admin/collections/users/${drift.user_id}/overview`}>{drift.user_id}</a>
                    ) : (
                      'the platform'
                    )}
                  </td>
                  <td className="hub-text">
                    {drift.period_start ? inUtc(new Date(drift.period_start)) : 'now'}
                  </td>
                  <td className="hub-text">{drift.figure}</td>
                  <td>{inFull(drift.found)}</td>
                  <td>{inFull(drift.rows)}</td>
                </tr>
              ))}
            </tbody>
          </table>
        </div>
      </Card>
    </div>
  )
}
