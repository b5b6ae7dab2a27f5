import { BarChart, colourOf } from '../parts/BarChart'
import { Card, Nothing } from '../parts/Card'
import { settledLink } from '../parts/links'
import { inFull, inShort } from '../parts/numbers'
import { readView, stepsOf } from '../parts/range'
import { toSeries } from '../parts/series'
import type { UserData } from './load'

/** A user's tokens of the last 30 days by tool, from their daily sums. */
export function UserUsage({ data }: { data: UserData }) {
  const { span } = readView({ range: '30d' }, new Date())
  const title = 'Tokens, last 30 days'
  const series = toSeries(data.cells, stepsOf(span), {
    key: (cell) => cell.toolId,
    name: (id) => data.toolNames.get(id) || 'Deleted tool',
    value: (cell) => cell.tokens,
  })
  const total = series.reduce((sum, one) => sum + one.total, 0)
  if (total === 0)
    return (
      <Card title={title}>
        <Nothing>They have used no tokens in the last 30 days.</Nothing>
      </Card>
    )
  const user = { user: { equals: data.profile.id } }
  return (
    <Card title={title} note={`${inFull(total)} total · per day (UTC)`} link={settledLink(span, user)}>
      <BarChart title={title} unit="day" steps={stepsOf(span)} series={series} />
      <ul className="hub-legend">
        {series.map((one, index) => (
          <li key={one.id}>
            <span className="hub-dot" style={{ background: colourOf(one, index) }} />
            {one.id === 'others' ? (
              one.name
            ) : (
              <a href={settledLink(span, { ...user, tool: { equals: one.id } })}>{one.name}</a>
            )}{' '}
            {inShort(one.total)}
          </li>
        ))}
      </ul>
    </Card>
  )
}
