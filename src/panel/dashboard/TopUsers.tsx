import type { WidgetServerProps } from 'payload'
import { Card } from '../parts/Card'
import { activeUsersLink } from '../parts/links'
import { wholeDays } from '../parts/range'
import { UsersTable } from '../parts/UsersTable'
import { dashboardData } from './load'

/** The users who used the most tokens. */
export async function TopUsers({ req }: WidgetServerProps) {
  const { topUsers, view } = await dashboardData(req)
  return (
    <Card
      title="Top users"
      note={view.range === '24h' ? 'by tokens, today and yesterday (UTC)' : 'by tokens'}
      link={activeUsersLink(view)}
      empty={topUsers.length === 0 && 'Nobody called a tool in this range.'}
    >
      <UsersTable users={topUsers} days={wholeDays(view.span)} isShort />
    </Card>
  )
}
