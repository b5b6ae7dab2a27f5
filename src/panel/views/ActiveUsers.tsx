import { counted, utcDay } from '../../platform/kernel/in-words'
import { runtime } from '../../platform/runtime/runtime'
import { Card } from '../parts/Card'
import { activeUsersLink } from '../parts/links'
import { PAGE_SIZE, Pages, pageOf } from '../parts/Pages'
import { readView, wholeDays } from '../parts/range'
import { UsersTable } from '../parts/UsersTable'
import { readUsersOf } from './active-users'
import { panelView } from './panel-view'

/** All users that the dashboard counts as active, in the order of its top users. */
export const ActiveUsers = panelView('Active users', async (query) => {
  const view = readView(query, new Date())
  const days = wholeDays(view.span)
  const page = pageOf(query)
  const found = await readUsersOf(runtime().pool, days, { offset: (page - 1) * PAGE_SIZE, limit: PAGE_SIZE })
  const when = `${utcDay(days.from)} to ${utcDay(new Date(days.until.getTime() - 1))}`
  return (
    <Card
      title={when}
      note={`${counted(found.total, 'user')}, whole days in UTC, most tokens first`}
      empty={found.total === 0 && 'Nobody called a tool on these days.'}
    >
      <UsersTable users={found.users} days={days} />
      <Pages page={page} total={found.total} addressOf={(next) => activeUsersLink(view, next)} />
    </Card>
  )
})
