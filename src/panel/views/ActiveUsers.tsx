import { runtime } from '../../platform/runtime/runtime'
import { Card, Nothing } from '../parts/Card'
import { activeUsersLink, settledLink } from '../parts/links'
import { counted, inFull, inPercent, utcDay } from '../parts/numbers'
import { PAGE_SIZE, Pages, pageOf } from '../parts/Pages'
import { readView, wholeDays } from '../parts/range'
import { readUsersOf } from './active-users'
import { panelView } from './panel-view'

/** All users that the dashboard counts as active, in the order of its top users. */
export const ActiveUsers = panelView('Active users', async (query) => {
  const view = readView(query, new Date())
  const days = wholeDays(view.span)
  const page = pageOf(query)
  const found = await readUsersOf(runtime().pool, days, { offset: (page - 1) * PAGE_SIZE, limit: PAGE_SIZE })
  const when = `${utcDay(days.from)} to ${utcDay(new Date(days.until.getTime() - 1))}`
  if (found.total === 0)
    return (
      <Card title={when}>
        <Nothing>Nobody called a tool on these days.</Nothing>
      </Card>
    )
  return (
    <Card title={when} note={`${counted(found.total, 'user')}, whole days in UTC, most tokens first`}>
      <div className="hub-scroll">
        <table className="hub-table">
          <thead>
            <tr>
              <th scope="col">User</th>
              <th scope="col">Tokens</th>
              <th scope="col">Calls</th>
              <th scope="col">Success</th>
            </tr>
          </thead>
          <tbody>
            {found.users.map((user) => (
              <tr key={user.id}>
                <td>
                  {user.name === null ? (
                    'Deleted user'
                  ) : (
                    <a href={`/admin/collections/users/${user.id}/overview`}>{user.name}</a>
                  )}
                </td>
                <td>{inFull(user.tokens)}</td>
                <td>
                  <a href={settledLink(days, { user: { equals: user.id } })}>{inFull(user.calls)}</a>
                </td>
                <td>{inPercent((user.calls - user.failed) / user.calls)}</td>
              </tr>
            ))}
          </tbody>
        </table>
      </div>
      <Pages page={page} total={found.total} addressOf={(next) => activeUsersLink(view, next)} />
    </Card>
  )
})
