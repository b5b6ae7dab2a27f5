'use client'
import { csvLine } from '../../platform/kernel/csv'
import { inFull, inUtc, utcDay } from '../parts/numbers'
import type { WhatIf } from './what-if'
import type { StoppedUser } from './what-if-types'

const MOST_SHOWN = 100

/** The users whom the draft would have stopped: the first hundred, and all of them as a file. */
export function StoppedTable({ result }: { result: WhatIf }) {
  const { stopped, lines } = result
  return (
    <>
      <div className="hub-scroll">
        <table className="hub-table">
          <thead>
            <tr>
              <th scope="col">User</th>
              <th scope="col" className="hub-text">
                First stopped
              </th>
              <th scope="col" className="hub-text">
                By
              </th>
              <th scope="col">Calls</th>
              <th scope="col">Tokens</th>
            </tr>
          </thead>
          <tbody>
            {stopped.slice(0, MOST_SHOWN).map((one) => (
              <Line key={one.userId + one.by} one={one} />
            ))}
          </tbody>
        </table>
      </div>
      <p className="hub-note">
        {lines > MOST_SHOWN && `The ${MOST_SHOWN} with most tokens of ${inFull(lines)} lines. `}
        <button className="hub-button" type="button" onClick={() => save(stopped)}>
          Save as CSV
        </button>
        {lines > stopped.length && ` The file has the first ${inFull(stopped.length)}.`}
      </p>
    </>
  )
}

function Line({ one }: { one: StoppedUser }) {
  const first = inUtc(new Date(one.firstAt))
  const about = one.exact ? '' : '≈ '
  return (
    <tr>
      <td>
        {one.name === null ? (
          'Deleted user'
        ) : (
          <a href={`/admin/collections/users/${one.userId}/overview`}>{one.name}</a>
        )}
      </td>
      <td className="hub-text">{one.exact ? first : `on ${utcDay(new Date(one.firstAt))} (UTC)`}</td>
      <td className="hub-text">{one.by}</td>
      <td>
        {about}
        {inFull(one.calls)}
      </td>
      <td>
        {about}
        {inFull(one.tokens)}
      </td>
    </tr>
  )
}

/** Says in words how the figures were computed. */
export function Cover({ result: { byTokens, byPace } }: { result: WhatIf }) {
  const reckoned = byTokens.periods - byTokens.played
  return (
    <ul className="hub-legend hub-note" style={{ flexDirection: 'column' }}>
      <li>
        Tokens: all {inFull(byTokens.periods)} periods above the draft
        {reckoned > 0
          ? `; ${inFull(byTokens.played)} played call by call, ${inFull(reckoned)} reckoned from their days (≈), to within one call each.`
          : ', played call by call.'}
      </li>
      <li>{paceOf(byPace)}</li>
    </ul>
  )
}

function paceOf({ needed, days, calls, playedDays, playedCalls }: WhatIf['byPace']): string {
  if (!needed) return 'Rate and calls at once: no lower than they are, so nobody is stopped by them.'
  const what = `Rate and calls at once, of today’s subscribers: ${inFull(days)} days were busy enough to be stopped`
  return playedDays === days
    ? `${what}, all of them played.`
    : `${what}; ${inFull(playedDays)} of them played, with ${inFull(playedCalls)} of ${inFull(calls)} calls. The true figures may be higher.`
}

function save(stopped: StoppedUser[]): void {
  const head = ['user', 'name', 'by', 'first_stopped', 'calls', 'tokens', 'exact']
  const rows = stopped.map((one) => [
    one.userId,
    one.name,
    one.by,
    String(one.firstAt),
    one.calls,
    one.tokens,
    one.exact,
  ])
  const address = URL.createObjectURL(
    new Blob(
      [head, ...rows].map((row) => csvLine(row)),
      { type: 'text/csv' },
    ),
  )
  const link = Object.assign(document.createElement('a'), { href: address, download: 'what-if.csv' })
  link.click()
  URL.revokeObjectURL(address)
}
