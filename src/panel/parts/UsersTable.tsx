import type { TopUser, UsageSpan } from '../../domain/usage/activity'
import { inFull, inPercent, inShort } from '../../platform/kernel/in-words'
import { settledLink } from './links'
import { Table } from './Table'
import { UserName } from './UserName'

type Props = { users: TopUser[]; days: UsageSpan; isShort?: boolean }

/** Users with their tokens and calls on these days; `isShort` rounds the tokens. */
export const UsersTable = ({ users, days, isShort = false }: Props) => (
  <Table
    rows={users}
    keyOf={({ id }) => id}
    columns={[
      { heading: 'User', cell: (user) => <UserName {...user} /> },
      isShort
        ? {
            heading: 'Tokens',
            cell: ({ tokens }) => inShort(tokens),
            title: ({ tokens }) => inFull(tokens),
          }
        : { heading: 'Tokens', cell: ({ tokens }) => inFull(tokens) },
      {
        heading: 'Calls',
        cell: ({ id, calls }) => <a href={settledLink(days, { user: { equals: id } })}>{inFull(calls)}</a>,
      },
      { heading: 'Success', cell: ({ calls, failed }) => inPercent((calls - failed) / calls) },
    ]}
  />
)
