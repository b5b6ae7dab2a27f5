import type { WidgetServerProps } from 'payload'
import { Card, Nothing } from '../parts/Card'
import { activeUsersLink, settledLink } from '../parts/links'
import { inFull, inPercent, inShort } from '../parts/numbers'
import { wholeDays } from '../parts/range'
import { dashboardData } from './load'

/** The users who used the most tokens. */
export async function TopUsers({ req }: WidgetServerProps) {
  const { topUsers, view } = await dashboardData(req)
  if (topUsers.length === 0)
    return (
      <Card title="Top users">
        <Nothing>Nobody called a tool in this range.</Nothing>
      </Card>
    )
  const days = view.range === '24h' ? 'by tokens, today and yesterday (UTC)' : 'by tokens'
  return (
    <Card title="Top users" note={days} link={activeUsersLink(view)}>
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
            {topUsers.map((user) => (
              <tr key={user.id}>
                <td>
                  {user.name === null ? (
                    'Deleted user'
                  ) : (
                    <a href={`/admin/collections/users/${user.id}/overview`}>{user.name}</a>
                  )}
                </td>
                <td title={inFull(user.tokens)}>{inShort(user.tokens)}</td>
                <td>
                  <a href={settledLink(wholeDays(view.span), { user: { equals: user.id } })}>
                    {inFull(user.calls)}
                  </a>
                </td>
                <td>{inPercent((user.calls - user.failed) / user.calls)}</td>
              </tr>
            ))}
          </tbody>
        </table>
      </div>
    </Card>
  )
}
