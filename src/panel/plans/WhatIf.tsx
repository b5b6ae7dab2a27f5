'use client'
import { useDocumentInfo, useFormFields } from '@payloadcms/ui'
import { useState } from 'react'
import { counted } from '../parts/numbers'
import '../parts/panel.css'
import { Cover, StoppedTable } from './Stopped'
import type { WhatIf as Result } from './what-if'

type Answer = Result | { fault: string }

/** Shows, before a plan is saved, whom the limits in the form would have stopped in the last 30 days. */
export function WhatIf() {
  const { id } = useDocumentInfo()
  const draft = useFormFields(([fields]) => ({
    tokenLimit: fields?.tokenLimit?.value,
    requestsPerMinute: fields?.requestsPerMinute?.value,
    burst: fields?.burst?.value,
    callsAtOnce: fields?.callsAtOnce?.value,
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
        <h3>Simulate these limits on the last 30 days</h3>
        <button className="hub-button" type="button" disabled={busy} onClick={look}>
          {busy ? 'Looking …' : 'Run simulation'}
        </button>
      </div>
      {answer && asked !== shown && (
        <p className="hub-warn">The limits were changed since. Play them again.</p>
      )}
      <div aria-live="polite" className="hub-stack">
        {answer && <Outcome answer={answer} />}
      </div>
      <p className="hub-note">
        Tokens, rate and calls at once, on the calls that were let in then, each as long as it took. Nothing
        is saved by this.
      </p>
    </section>
  )
}

function Outcome({ answer }: { answer: Answer }) {
  if ('fault' in answer) return <p className="hub-bad">{answer.fault}</p>
  return (
    <>
      <Totals result={answer} />
      {answer.stopped.length > 0 && <StoppedTable result={answer} />}
      <Cover result={answer} />
    </>
  )
}

function Totals({ result: { users, calls, tokens, byPace } }: { result: Result }) {
  if (users > 0)
    return (
      <p>
        <strong className="hub-bad">{counted(users, 'user')}</strong> would have been refused{' '}
        {counted(calls, 'call')}, {counted(tokens, 'token')} in all.
      </p>
    )
  const isWhole = byPace.playedDays === byPace.days
  return (
    <p className="hub-good">
      {isWhole ? 'Nobody would have been stopped.' : 'Nobody was found who would have been stopped.'}
    </p>
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
