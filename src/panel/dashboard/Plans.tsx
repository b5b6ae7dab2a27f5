import type { WidgetServerProps } from 'payload'
import type { PlanFill } from '../../domain/billing/plan-fill'
import { Card, Nothing } from '../parts/Card'
import { listLink, planFillLink } from '../parts/links'
import { inFull, inShort } from '../parts/numbers'
import { ClosedPlans } from '../plans/ClosedPlans'
import { dashboardData } from './load'

/** How many subscribers of each plan have used half, most or all of the plan's tokens in their period. */
export async function Plans({ req }: WidgetServerProps) {
  const { plans } = await dashboardData(req)
  if (plans.length === 0)
    return (
      <Card title="Plan usage">
        <Nothing>There is no plan yet. Without one nobody can call a tool.</Nothing>
      </Card>
    )
  return (
    <Card title="Plan usage" note="now, each in its own period" link={listLink('plans')}>
      <ClosedPlans />
      <div className="hub-scroll">
        <table className="hub-table">
          <thead>
            <tr>
              <th scope="col">Plan</th>
              <th scope="col">Users</th>
              <th scope="col">≥ 50 %</th>
              <th scope="col">≥ 80 %</th>
              <th scope="col">100 %</th>
            </tr>
          </thead>
          <tbody>
            {plans.map((plan) => (
              <Row key={plan.id} plan={plan} />
            ))}
          </tbody>
        </table>
      </div>
    </Card>
  )
}

function Row({ plan }: { plan: PlanFill }) {
  const { half, most, full } = plan.above
  return (
    <tr>
      <td>
        <a href={listLink('plans', { id: { equals: plan.id } })}>{plan.title}</a>{' '}
        <span className="hub-note">{inShort(plan.tokenLimit)} tokens</span>
        <Fill plan={plan} />
      </td>
      <td>
        <a href={planFillLink(plan.id, 0)}>{inFull(plan.users)}</a>
      </td>
      {(
        [
          [50, half],
          [80, most],
          [100, full],
        ] as const
      ).map(([level, count]) => (
        <td key={level} className={level === 100 && count > 0 ? 'hub-bad' : undefined}>
          {count > 0 ? <a href={planFillLink(plan.id, level)}>{inFull(count)}</a> : 0}
        </td>
      ))}
    </tr>
  )
}

/** The share of subscribers at 100 %, from 80 % and from 50 %; the numbers beside it show the same. */
function Fill({ plan }: { plan: PlanFill }) {
  const { half, most, full } = plan.above
  const width = (count: number) => ({ width: `${(100 * count) / Math.max(1, plan.users)}%` })
  return (
    <div className="hub-meter" aria-hidden="true" style={{ marginTop: 6 }}>
      <span style={{ ...width(full), background: 'var(--hub-bad)' }} />
      <span style={{ ...width(most - full), background: 'var(--hub-3)' }} />
      <span style={{ ...width(half - most), background: 'var(--hub-1)' }} />
    </div>
  )
}
