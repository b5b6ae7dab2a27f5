import { type ApiLedgerCheck, listLedgerChecks } from '../../domain/usage/ledger-report'
import { counted, inFull, inTime, inUtc } from '../../platform/kernel/in-words'
import { runtime } from '../../platform/runtime/runtime'
import { Card } from '../parts/Card'
import { userPage } from '../parts/links'
import { Table } from '../parts/Table'
import { CheckNow } from './CheckNow'
import { panelView } from './panel-view'

const CHECKS = 30
const MOST_DRIFTS = 100

/** The last ledger checks, and every figure in which one of them found a difference. */
export const LedgerChecks = panelView('Ledger checks', async () => {
  const checks = await listLedgerChecks(runtime().pool, CHECKS)
  const drifting = checks.filter(({ drift_count }) => drift_count > 0)
  return (
    <>
      <Card title="What was checked" note={`the last ${CHECKS} at most`}>
        <Checks checks={checks} />
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

const Checks = ({ checks }: { checks: ApiLedgerCheck[] }) => (
  <Table
    rows={checks}
    keyOf={({ id }) => id}
    empty="No check has run yet."
    columns={[
      { heading: 'When', cell: ({ at }) => inUtc(new Date(at)) },
      { heading: 'Asked by', isText: true, cell: ({ asked_by }) => asked_by },
      { heading: 'Users', cell: ({ users }) => inFull(users) },
      { heading: 'Periods', cell: ({ periods }) => inFull(periods) },
      { heading: 'Took', cell: ({ took_ms }) => inTime(took_ms) },
      {
        heading: 'Differences',
        cell: ({ id, drift_count: count }) =>
          count === 0 ? 'none' : <a href={`#check-${id}`}>{inFull(count)}</a>,
        className: ({ drift_count: count }) => (count === 0 ? 'hub-good' : 'hub-bad'),
      },
    ]}
  />
)

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
        <Table
          rows={drifts.slice(0, MOST_DRIFTS)}
          keyOf={(drift) => `${drift.user_id}${drift.period_start}${drift.figure}`}
          columns={[
            {
              heading: 'Of whom',
              cell: ({ user_id: id }) => (id ? <a href={userPage(id)}>{id}</a> : 'the platform'),
            },
            {
              heading: 'Period or day',
              isText: true,
              cell: ({ period_start: start }) => (start ? inUtc(new Date(start)) : 'now'),
            },
            { heading: 'Figure', isText: true, cell: ({ figure }) => figure },
            { heading: 'Kept', cell: ({ found }) => inFull(found) },
            { heading: 'By the rows', cell: ({ rows }) => inFull(rows) },
          ]}
        />
      </Card>
    </div>
  )
}
