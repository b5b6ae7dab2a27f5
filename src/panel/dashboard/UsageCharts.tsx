import type { WidgetServerProps } from 'payload'
import type { UsageCell } from '../../domain/usage/activity'
import { BarChart, colourOf } from '../parts/BarChart'
import { Card, Nothing } from '../parts/Card'
import { settledLink } from '../parts/links'
import { inFull, inShort } from '../parts/numbers'
import { chartSteps } from '../parts/range'
import { type Series, toSeries } from '../parts/series'
import { type DashboardData, dashboardData } from './load'

/** Tokens over time, stacked by tool or by plan. */
export async function TokensChart({ req }: WidgetServerProps) {
  return chart(await dashboardData(req), 'Tokens over time', (cell) => cell.tokens)
}

/** Invocations over time, stacked in the same way. */
export async function CallsChart({ req }: WidgetServerProps) {
  return chart(await dashboardData(req), 'Invocations over time', (cell) => cell.succeeded + cell.failed)
}

function chart(data: DashboardData, title: string, value: (cell: UsageCell) => number) {
  const { by, span } = data.view
  const plans = new Map(data.plans.map((plan) => [plan.id, plan.title]))
  const names = by === 'tool' ? data.toolNames : plans
  const { unit, steps } = chartSteps(span)
  const series = toSeries(data.cells, steps, {
    key: (cell) => (by === 'tool' ? cell.toolId : cell.planId),
    name: (id) => names.get(id) ?? `Deleted ${by}`,
    value,
  })
  const total = series.reduce((sum, one) => sum + one.total, 0)
  if (total === 0) {
    return (
      <Card title={title}>
        <Nothing>
          {data.isUsed
            ? 'Nothing was called in this range.'
            : 'Nothing was called yet. The first call shows up here as soon as it is answered.'}
        </Nothing>
      </Card>
    )
  }
  return (
    <Card title={title} note={`${inFull(total)} in all, by ${unit} (UTC) and ${by}`} link={settledLink(span)}>
      <BarChart title={title} unit={unit} steps={steps} series={series} />
      <Legend data={data} series={series} />
    </Card>
  )
}

/** The legend: each colour links to its calls. */
function Legend({ data, series }: { data: DashboardData; series: Series[] }) {
  return (
    <ul className="hub-legend">
      {series.map((one, index) => (
        <li key={one.id}>
          <span className="hub-dot" style={{ background: colourOf(one, index) }} />
          <a href={linkOf(data, one, series)}>{one.name}</a>{' '}
          <span title={inFull(one.total)}>{inShort(one.total)}</span>
        </li>
      ))}
    </ul>
  )
}

function linkOf({ view }: DashboardData, { id }: Series, series: Series[]): string {
  if (id !== 'others') return settledLink(view.span, { [view.by]: { equals: id } })
  const named = series.filter((one) => one.id !== 'others').map((one) => one.id)
  return settledLink(view.span, { [view.by]: { not_in: named.join(',') } })
}
