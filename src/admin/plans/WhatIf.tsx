'use client'
import { useDocumentInfo, useFormFields } from '@payloadcms/ui'
import { useState } from 'react'
import { inFull, inUtc } from '../parts/numbers'
import '../parts/panel.css'
import type { WhatIf as Result } from './what-if'

type Answer = Result | { fault: string }

/** Before a plan is saved: whom the limits in the form would have stopped in the last 30 days. */
export function WhatIf() {
  const { id } = useDocumentInfo()
  const draft = useFormFields(([fields]) => ({
    tokenLimit: fields?.tokenLimit?.value,
    requestsPerMinute: fields?.requestsPerMinute?.value,
    burst: fields?.burst?.value,
  }))
  const [answer, setAnswer] = useState<Answer | null>(null)
  const [asked, setAsked] = useState('')
  const [busy, setBusy] = useState(false)
  if (!id) return null
  const shown = JSON.stringify(draft)
  const look = async () => {
    setBusy(true)
    setAnswer(await ask(String(id), draft))
    setAsked(shown)
    setBusy(false)
  }
  return (
    <section
      className="hub-card"
      aria-label="What if"
      style={{ height: 'auto', marginBottom: 'var(--base)' }}
    >
      <div className="hub-card__head">
        <h3>What if these limits had counted for the last 30 days?</h3>
        <button className="hub-button" type="button" disabled={busy} onClick={look}>
          {busy ? 'Looking …' : 'Play the last 30 days again'}
        </button>
      </div>
      {answer && asked !== shown && (
        <p className="hub-warn">The limits were changed since. Play them again.</p>
      )}
      <div aria-live="polite">{answer && <Outcome answer={answer} />}</div>
      <p className="hub-note">
        Tokens and rate, on the calls that were let in then; calls at once are not played again. Nothing is
        saved by this.
      </p>
    </section>
  )
}

function Outcome({ answer }: { answer: Answer }) {
  if ('fault' in answer) return <p className="hub-bad">{answer.fault}</p>
  const { stopped, users, calls, tokens, candidates, replayed } = answer
  if (users === 0) return <p className="hub-good">Nobody would have been stopped.</p>
  return (
    <>
      <p>
        <strong className="hub-bad">{inFull(users)} users</strong> would have been refused {inFull(calls)}{' '}
        calls, {inFull(tokens)} tokens in all.
        {replayed < candidates &&
          ` Only the ${inFull(replayed)} busiest of ${inFull(candidates)} were played again.`}
      </p>
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
            {stopped.map((one) => (
              <tr key={one.userId + one.by}>
                <td>
                  <a href={`/admin/collections/users/${one.userId}/overview`}>{one.name ?? 'Deleted user'}</a>
                </td>
                <td className="hub-text">{inUtc(new Date(one.firstAt))}</td>
                <td className="hub-text">{one.by}</td>
                <td>{inFull(one.calls)}</td>
                <td>{inFull(one.tokens)}</td>
              </tr>
            ))}
          </tbody>
        </table>
      </div>
    </>
  )
}

async function ask(id: string, draft: object): Promise<Answer> {
  try {
    const response = await fetch(`/api/panel/plans/${id}/what-if`, {
      method: 'POST',
      credentials: 'include',
      headers: { 'Content-Type': 'application/json' },
      body: JSON.stringify(draft),
    })
    const read = (await response.json()) as Result & { errors?: Array<{ message: string }> }
    return response.ok ? read : { fault: read.errors?.[0]?.message ?? 'It could not be played again.' }
  } catch {
    return { fault: 'The hub did not answer. Try again.' }
  }
}
