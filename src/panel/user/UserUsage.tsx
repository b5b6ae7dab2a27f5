import { ChartCard } from '../parts/ChartCard'
import { settledLink } from '../parts/links'
import { readView, stepsOf } from '../parts/range'
import { toSeries } from '../parts/series'
import type { UserData } from './load'

/** A user's tokens of the last 30 days by tool, from their daily sums. */
export function UserUsage({ data }: { data: UserData }) {
  const { span } = readView({ range: '30d' }, new Date())
  const steps = stepsOf(span)
  const user = { user: { equals: data.profile.id } }
  return (
    <ChartCard
      title="Tokens, last 30 days"
      unit="day"
      steps={steps}
      series={toSeries(data.cells, steps, {
        key: (cell) => cell.toolId,
        name: (id) => data.toolNames.get(id) || 'Deleted tool',
        value: (cell) => cell.tokens,
      })}
      note={(total) => `${total} total · per day (UTC)`}
      link={settledLink(span, user)}
      linkOf={({ id }) => (id === 'others' ? null : settledLink(span, { ...user, tool: { equals: id } }))}
      empty="They have used no tokens in the last 30 days."
    />
  )
}
