import { type FillLevel, LEVELS, readFullest } from '../../billing/plan-fill'
import { UUID } from '../../database/payload-sql'
import { runtime } from '../../runtime'
import { Card, Nothing } from '../parts/Card'
import { planFillLink } from '../parts/links'
import { counted, inFull, inPercent, inUtc } from '../parts/numbers'
import { PAGE_SIZE, Pages, pageOf, panelView } from './panel-view'

/** The running subscriptions of a plan, the fullest first; those behind a number of the dashboard. */
export const PlanFillView = panelView('Plans and their fill', async (query) => {
  const planId = typeof query.plan === 'string' && UUID.test(query.plan) ? query.plan : null
  const level: FillLevel = LEVELS.find((one) => String(one) === query.above) ?? 0
  const page = pageOf(query)
  const found =
    planId &&
    (await readFullest(runtime().pool, { planId, level, offset: (page - 1) * PAGE_SIZE, limit: PAGE_SIZE }))
  if (!planId || !found)
    return (
      <Card title="Plans">
        <Nothing>There is no such plan.</Nothing>
      </Card>
    )
  const { title, total, subscriptions } = found
  return (
    <Card
      title={title}
      note={`${counted(total, 'subscription')}${level > 0 ? ` at ${level} % or more` : ''}, now`}
    >
      <nav className="hub-segments" aria-label="How full">
        {LEVELS.map((one) => (
          <a key={one} href={planFillLink(planId, one)} aria-current={one === level}>
            {one === 0 ? 'All' : one === 100 ? '100 %' : `≥ ${one} %`}
          </a>
        ))}
      </nav>
      {total === 0 ? <Nothing>No subscription is as full as that.</Nothing> : <Rows rows={subscriptions} />}
      <Pages page={page} total={total} addressOf={(next) => planFillLink(planId, level, next)} />
    </Card>
  )
})

type Row = NonNullable<Awaited<ReturnType<typeof readFullest>>>['subscriptions'][number]

function Rows({ rows }: { rows: Row[] }) {
  return (
    <div className="hub-scroll">
      <table className="hub-table">
        <thead>
          <tr>
            <th scope="col">User</th>
            <th scope="col">Used</th>
            <th scope="col">Of</th>
            <th scope="col">Share</th>
            <th scope="col">Period ends</th>
          </tr>
        </thead>
        <tbody>
          {rows.map((row) => (
            <tr key={row.id}>
              <td>
                <a href={`/admin/collections/users/${row.userId}/overview`}>{row.name ?? 'Deleted user'}</a>
              </td>
              <td>{inFull(row.used)}</td>
              <td>{inFull(row.limit)}</td>
              <td>{inPercent(row.used / Math.max(1, row.limit))}</td>
              <td>{inUtc(row.periodEnd).slice(0, 10)}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  )
}
