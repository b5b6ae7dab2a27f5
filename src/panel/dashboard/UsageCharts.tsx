import type { WidgetServerProps } from 'payload'
import type { UsageCell } from '../../domain/usage/activity'
import { ChartCard } from '../parts/ChartCard'
import { settledLink } from '../parts/links'
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
  return (
    <ChartCard
      title={title}
      unit={unit}
      steps={steps}
      series={series}
      note={(total) => `${total} in all, by ${unit} (UTC) and ${by}`}
      link={settledLink(span)}
      linkOf={(one) => linkOf(data, one, series)}
      empty={
        data.isUsed
          ? 'Nothing was called in this range.'
          : 'Nothing was called yet. The first call shows up here as soon as it is answered.'
      }
    />
  )
}

function linkOf({ view }: DashboardData, { id }: Series, series: Series[]): string {
  if (id !== 'others') return settledLink(view.span, { [view.by]: { equals: id } })
  const named = series.filter((one) => one.id !== 'others').map((one) => one.id)
  return settledLink(view.span, { [view.by]: { not_in: named.join(',') } })
}
