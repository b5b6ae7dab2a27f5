'use client'
import { csvLine } from '../../platform/kernel/csv'
import { inFull, inUtc, utcDay } from '../../platform/kernel/in-words'
import { Table } from '../parts/Table'
import { UserName } from '../parts/UserName'
import type { StoppedUser } from './stopped-users'
import type { WhatIf } from './what-if'

const MOST_SHOWN = 100

/** The users whom the draft would have stopped: the first hundred, and all of them as a file. */
export function StoppedTable({ result }: { result: WhatIf }) {
  const { stopped, lines } = result
  return (
    <>
      <Table
        rows={stopped.slice(0, MOST_SHOWN)}
        keyOf={({ userId, by }) => userId + by}
        columns={[
          { heading: 'User', cell: ({ userId, name }) => <UserName id={userId} name={name} /> },
          { heading: 'First stopped', isText: true, cell: firstStopped },
          { heading: 'By', isText: true, cell: ({ by }) => by },
          { heading: 'Calls', cell: ({ exact, calls }) => about(exact, calls) },
          { heading: 'Tokens', cell: ({ exact, tokens }) => about(exact, tokens) },
        ]}
      />
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

const firstStopped = ({ exact, firstAt }: StoppedUser) =>
  exact ? inUtc(new Date(firstAt)) : `on ${utcDay(new Date(firstAt))} (UTC)`

const about = (exact: boolean, figure: number) => `${exact ? '' : '≈ '}${inFull(figure)}`

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
