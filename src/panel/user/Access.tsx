import { Card, Nothing } from '../parts/Card'
import { listLink } from '../parts/links'
import { inFull, inUtc } from '../parts/numbers'
import { EndSession, EndSessions, ResetLink, RevokeKey, Unlock } from './actions'
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
    <Card
      title="Signing in"
      note={sessions.length === 1 ? '1 session' : `${inFull(sessions.length)} sessions`}
    >
      <p className={lockedUntil ? 'hub-bad' : 'hub-note'} style={{ margin: 0 }}>
        {lockedUntil
          ? `Locked until ${inUtc(lockedUntil)} for some networks, after wrong passwords.`
          : `Not locked. Wrong passwords in a row: ${inFull(failedLogins)}.`}
      </p>
      {sessions.length > 0 && (
        <div className="hub-scroll">
          <table className="hub-table">
            <thead>
              <tr>
                <th scope="col">Last used</th>
                <th scope="col" className="hub-text">
                  From
                </th>
                <th scope="col">
                  <span className="hub-sr">What can be done</span>
                </th>
              </tr>
            </thead>
            <tbody>
              {sessions.slice(0, MOST).map((session) => (
                <tr key={session.id}>
                  <td>{inUtc(session.lastUsedAt)}</td>
                  <td className="hub-text">
                    {session.address ?? 'unknown'}
                    <div className="hub-note">{session.userAgent?.slice(0, 60)}</div>
                  </td>
                  <td>
                    <EndSession userId={profile.id} sessionId={session.id} />
                  </td>
                </tr>
              ))}
            </tbody>
          </table>
        </div>
      )}
      <div className="hub-choices">
        {sessions.length > 0 && <EndSessions userId={profile.id} />}
        {(lockedUntil || failedLogins > 0) && <Unlock userId={profile.id} />}
        {!profile.disabled && <ResetLink userId={profile.id} />}
      </div>
    </Card>
  )
}

function Keys({ data: { profile, keys } }: { data: UserData }) {
  if (keys.length === 0)
    return (
      <Card title="API keys">
        <Nothing>They have no API key.</Nothing>
      </Card>
    )
  const live = keys.filter(({ active }) => active).length
  return (
    <Card
      title="API keys"
      note={`${inFull(live)} of ${inFull(keys.length)} active`}
      link={listLink('api-keys', { user: { equals: profile.id } })}
    >
      <div className="hub-scroll">
        <table className="hub-table">
          <thead>
            <tr>
              <th scope="col">Name</th>
              <th scope="col" className="hub-text">
                Last used
              </th>
              <th scope="col">
                <span className="hub-sr">What can be done</span>
              </th>
            </tr>
          </thead>
          <tbody>
            {keys.slice(0, MOST).map((key) => (
              <tr key={key.id}>
                <td>
                  {key.name}
                  <div className="hub-note">{key.keyPrefix}…</div>
                </td>
                <td className="hub-text">{key.lastUsedAt ? inUtc(key.lastUsedAt) : 'never'}</td>
                <td>
                  {key.active ? (
                    <RevokeKey userId={profile.id} keyId={key.id} name={key.name} />
                  ) : (
                    <span className="hub-note">revoked</span>
                  )}
                </td>
              </tr>
            ))}
          </tbody>
        </table>
      </div>
    </Card>
  )
}
