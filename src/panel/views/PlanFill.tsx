import { type FillLevel, LEVELS, readFullest } from '../../domain/billing/plan-fill'
import { counted, inFull, inPercent, utcDay } from '../../platform/kernel/in-words'
import { runtime } from '../../platform/runtime/runtime'
import { Card, Nothing } from '../parts/Card'
import { planFillLink } from '../parts/links'
import { PAGE_SIZE, Pages, pageOf } from '../parts/Pages'
import { Table } from '../parts/Table'
import { UserName } from '../parts/UserName'
import { panelView } from './panel-view'

/** The running subscriptions of a plan, or of all plans, highest used share first; the list for a dashboard figure. */
export const PlanFillView = panelView('Plan usage', async (query) => {
  const { pool } = runtime()
  const asked = typeof query.plan === 'string' && query.plan !== '' ? query.plan : null
  const level: FillLevel = LEVELS.find((one) => String(one) === query.above) ?? 0
  const page = pageOf(query)
  const { rows: plans } = await pool.query<Plan>('select id, title from plans order by rank, name')
  const plan = plans.find(({ id }) => id === asked) ?? null
  const found =
    plan || asked === null
      ? await readFullest(pool, {
          planId: plan?.id ?? null,
          level,
          offset: (page - 1) * PAGE_SIZE,
          limit: PAGE_SIZE,
        })
      : null
  if (!found)
    return (
      <Card title="Plans">
        <PlanChoice plans={plans} chosen={asked} level={level} />
        <Nothing>There is no such plan.</Nothing>
      </Card>
    )
  const { total, subscriptions } = found
  const planId = plan?.id ?? null
  return (
    <Card
      title={plan?.title ?? 'All plans'}
      note={`${counted(total, 'subscription')}${level > 0 ? ` at ${level} % or more` : ''}, now`}
    >
      <PlanChoice plans={plans} chosen={planId} level={level} />
      <nav className="hub-segments" aria-label="How full">
        {LEVELS.map((one) => (
          <a key={one} href={planFillLink(planId, one)} aria-current={one === level}>
            {one === 0 ? 'All' : one === 100 ? '100 %' : `≥ ${one} %`}
          </a>
        ))}
      </nav>
      {total === 0 ? (
        <Nothing>No subscription is as full as that.</Nothing>
      ) : (
        <Rows rows={subscriptions} ofAll={planId === null} />
      )}
      <Pages page={page} total={total} addressOf={(next) => planFillLink(planId, level, next)} />
    </Card>
  )
})

type Plan = { id: string; title: string }

function PlanChoice({ plans, chosen, level }: { plans: Plan[]; chosen: string | null; level: FillLevel }) {
  const choices = [{ id: null, title: 'All plans' }, ...plans]
  return (
    <nav className="hub-segments" aria-label="Plan" style={{ flexWrap: 'wrap' }}>
      {choices.map(({ id, title }) => (
        <a key={id ?? 'all'} href={planFillLink(id, level)} aria-current={id === chosen}>
          {title}
        </a>
      ))}
    </nav>
  )
}

type Row = NonNullable<Awaited<ReturnType<typeof readFullest>>>['subscriptions'][number]

const Rows = ({ rows, ofAll }: { rows: Row[]; ofAll: boolean }) => (
  <Table
    rows={rows}
    keyOf={({ id }) => id}
    columns={[
      { heading: 'User', cell: ({ userId, name }) => <UserName id={userId} name={name} /> },
      ...(ofAll ? [{ heading: 'Plan', isText: true, cell: ({ plan }: Row) => plan }] : []),
      { heading: 'Used', cell: ({ used }) => inFull(used) },
      { heading: 'Of', cell: ({ limit }) => inFull(limit) },
      { heading: 'Share', cell: ({ used, limit }) => inPercent(used / Math.max(1, limit)) },
      { heading: 'Period ends (UTC)', cell: ({ periodEnd }) => utcDay(periodEnd) },
    ]}
  />
)
