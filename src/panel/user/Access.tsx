import { counted, inFull, inUtc } from '../../platform/kernel/in-words'
import { Card } from '../parts/Card'
import { listLink } from '../parts/links'
import { Table } from '../parts/Table'
import { UserAction } from './actions'
import type { UserData } from './load'

const MOST = 20

/** The user's ways to sign in: password, keys, sessions. */
export function Access({ data }: { data: UserData }) {
  return (
    <div className="hub-columns">
      <Sessions data={data} />
      <Keys data={data} />
    </div>
  )
}

function Sessions({ data: { profile, sessions } }: { data: UserData }) {
  const { lockedUntil, failedLogins } = profile
  return (
    <Card title="Signing in" note={counted(sessions.length, 'session')}>
      <p className={lockedUntil ? 'hub-bad' : 'hub-note'} style={{ margin: 0 }}>
        {lockedUntil
          ? `Locked until ${inUtc(lockedUntil)} for some networks, after wrong passwords.`
          : `Not locked. Wrong passwords in a row: ${inFull(failedLogins)}.`}
      </p>
      {sessions.length > 0 && (
        <Table
          rows={sessions.slice(0, MOST)}
          keyOf={({ id }) => id}
          columns={[
            { heading: 'Last used', cell: ({ lastUsedAt }) => inUtc(lastUsedAt) },
            {
              heading: 'From',
              isText: true,
              cell: ({ address }) => address ?? 'unknown',
              note: ({ userAgent }) => userAgent?.slice(0, 60),
            },
            {
              heading: 'What can be done',
              isHeadingHidden: true,
              cell: ({ id }) => (
                <UserAction
                  userId={profile.id}
                  label="End"
                  action={{ action: 'end-session', sessionId: id }}
                />
              ),
            },
          ]}
        />
      )}
      <div className="hub-choices">
        {sessions.length > 0 && (
          <UserAction userId={profile.id} label="End all sessions" action={{ action: 'end-sessions' }} />
        )}
        {(lockedUntil || failedLogins > 0) && (
          <UserAction userId={profile.id} label="Unlock" action={{ action: 'unlock' }} />
        )}
        {!profile.disabled && (
          <UserAction userId={profile.id} label="Mail a reset link" action={{ action: 'reset-link' }} />
        )}
      </div>
    </Card>
  )
}

function Keys({ data: { profile, keys } }: { data: UserData }) {
  const live = keys.filter(({ active }) => active).length
  return (
    <Card
      title="API keys"
      note={`${inFull(live)} of ${inFull(keys.length)} active`}
      link={listLink('api-keys', { user: { equals: profile.id } })}
      empty={keys.length === 0 && 'They have no API key.'}
    >
      <Table
        rows={keys.slice(0, MOST)}
        keyOf={({ id }) => id}
        columns={[
          { heading: 'Name', cell: ({ name }) => name, note: ({ keyPrefix }) => `${keyPrefix}…` },
          {
            heading: 'Last used',
            isText: true,
            cell: ({ lastUsedAt }) => (lastUsedAt ? inUtc(lastUsedAt) : 'never'),
          },
          {
            heading: 'What can be done',
            isHeadingHidden: true,
            cell: ({ id, name, active }) =>
              active ? (
                <UserAction
                  userId={profile.id}
                  label="Revoke"
                  describedAs={`Revoke the key ${name}`}
                  action={{ action: 'revoke-key', keyId: id }}
                />
              ) : (
                <span className="hub-note">revoked</span>
              ),
          },
        ]}
      />
    </Card>
  )
}
