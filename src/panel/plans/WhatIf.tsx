'use client'
import { useDocumentInfo, useFormFields } from '@payloadcms/ui'
import { useState } from 'react'
import { counted } from '../../platform/kernel/in-words'
import { ask, type Fault } from '../parts/ask'
import { Card } from '../parts/Card'
import { Cover, StoppedTable } from './Stopped'
import type { WhatIf as Result } from './what-if'

type Answer = Result | Fault

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
    setAnswer(await ask<Result>(`/api/panel/plans/${id}/what-if`, draft, 'It could not be played again.'))
    setAsked(shown)
    setBusy(false)
  }
  return (
    <Card
      title="What if"
      heading="Simulate these limits on the last 30 days"
      action={
        <button className="hub-button" type="button" disabled={busy} onClick={look}>
          {busy ? 'Looking …' : 'Run simulation'}
        </button>
      }
      isField
    >
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
    </Card>
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
