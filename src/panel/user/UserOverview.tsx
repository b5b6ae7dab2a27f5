import { Gutter } from '@payloadcms/ui'
import type { DocumentViewServerProps } from 'payload'
import { inFull, inTime, inUtc, utcDay } from '../../platform/kernel/in-words'
import { UUID } from '../../platform/payload/payload-sql'
import { runtime } from '../../platform/runtime/runtime'
import { listLink } from '../parts/links'
import '../parts/panel.css'
import { Card, Nothing } from '../parts/Card'
import { Table } from '../parts/Table'
import { Access } from './Access'
import { Balance } from './Balance'
import { loadUser, type UserData } from './load'
import { UserUsage } from './UserUsage'

/** One user in one place: their account, their limits and usage, and their password, keys and sessions. */
export async function UserOverview({ initPageResult, doc }: DocumentViewServerProps) {
  const id = String(initPageResult.docID ?? doc?.id ?? '')
  const data = UUID.test(id) ? await loadUser(runtime().pool, id, new Date()) : null
  if (!data)
    return (
      <Gutter>
        <Nothing>Save this user first.</Nothing>
      </Gutter>
    )
  return (
    <Gutter className="hub-view hub-user">
      <Profile data={data} />
      <div className="hub-columns">
        <Balance data={data} />
        <UserUsage data={data} />
      </div>
      <LastCalls data={data} />
      <Access data={data} />
    </Gutter>
  )
}

function Profile({ data: { profile } }: { data: UserData }) {
  const facts = [
    profile.role === 'admin' ? 'Admin' : 'User',
    `since ${utcDay(profile.createdAt)} (UTC)`,
    profile.confirmedAt ? 'address confirmed' : 'address not confirmed',
    ...(profile.disabled ? ['disabled: may not sign in in any way'] : []),
  ]
  return (
    <p className="hub-note">
      {profile.email} · {facts.join(' · ')}
    </p>
  )
}

const STATUS = { success: 'hub-good', error: 'hub-bad', timeout: 'hub-bad', pending: 'hub-warn' }

function LastCalls({ data: { profile, calls } }: { data: UserData }) {
  const all = listLink('usage-logs', { user: { equals: profile.id } })
  const links = (
    <>
      <a href={all}>All of them</a>
      {' · '}
      <a href={listLink('refusals', { user: { equals: profile.id } })}>What was refused</a>
    </>
  )
  return (
    <Card title="Last invocations" link={calls.length > 0 ? all : undefined} note={links}>
      <Table
        rows={calls}
        keyOf={({ id }) => id}
        empty="They have called nothing yet."
        columns={[
          {
            heading: 'Time',
            cell: ({ id, at }) => <a href={`/admin/collections/usage-logs/${id}`}>{inUtc(at)}</a>,
          },
          { heading: 'Tool', isText: true, cell: ({ toolName }) => toolName },
          {
            heading: 'Status',
            isText: true,
            cell: ({ status, errorCode }) => (
              <>
                {status}
                {errorCode && <span className="hub-note"> {errorCode}</span>}
              </>
            ),
            className: ({ status }) => STATUS[status],
          },
          { heading: 'Tokens', cell: ({ tokens }) => inFull(tokens) },
          { heading: 'Duration', cell: ({ durationMs }) => inTime(durationMs) },
        ]}
      />
    </Card>
  )
}
