import type { WidgetServerProps } from 'payload'
import type { PlanFill } from '../../domain/billing/plan-fill'
import { inFull, inShort } from '../../platform/kernel/in-words'
import { Card } from '../parts/Card'
import { listLink, planFillLink } from '../parts/links'
import { type Column, Table } from '../parts/Table'
import { ClosedPlans } from '../plans/ClosedPlans'
import { dashboardData } from './load'

/** How many subscribers of each plan have used half, most or all of the plan's tokens in their period. */
export async function Plans({ req }: WidgetServerProps) {
  const { plans } = await dashboardData(req)
  return (
    <Card
      title="Plan usage"
      note="now, each in its own period"
      link={listLink('plans')}
      empty={plans.length === 0 && 'There is no plan yet. Without one nobody can call a tool.'}
    >
      <ClosedPlans />
      <Table
        rows={plans}
        keyOf={({ id }) => id}
        columns={[
          { heading: 'Plan', cell: (plan) => <Name plan={plan} /> },
          { heading: 'Users', cell: ({ id, users }) => <a href={planFillLink(id, 0)}>{inFull(users)}</a> },
          above('≥ 50 %', 50, 'half'),
          above('≥ 80 %', 80, 'most'),
          {
            ...above('100 %', 100, 'full'),
            className: (plan) => (plan.above.full > 0 ? 'hub-bad' : undefined),
          },
        ]}
      />
    </Card>
  )
}

/** How many subscribers used at least so much of the plan, as a link to them. */
const above = (heading: string, level: number, key: keyof PlanFill['above']): Column<PlanFill> => ({
  heading,
  cell: ({ id, above }) => (above[key] > 0 ? <a href={planFillLink(id, level)}>{inFull(above[key])}</a> : 0),
})

const Name = ({ plan }: { plan: PlanFill }) => (
  <>
    <a href={listLink('plans', { id: { equals: plan.id } })}>{plan.title}</a>{' '}
    <span className="hub-note">{inShort(plan.tokenLimit)} tokens</span>
    <Fill plan={plan} />
  </>
)

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
