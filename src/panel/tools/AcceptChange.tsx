'use client'
import { useState } from 'react'
import { askAccept } from './ask-mcp'

/** Accepts the change that is shown, and reloads the tool, because its form would still have the old values. */
export function AcceptChange({ id, fingerprint }: { id: string; fingerprint: string }) {
  const [busy, setBusy] = useState(false)
  const [fault, setFault] = useState<string | null>(null)
  const accept = async () => {
    setBusy(true)
    const answer = await askAccept(id, fingerprint)
    if ('data' in answer) return window.location.reload()
    setBusy(false)
    setFault(answer.fault)
  }
  return (
    <>
      <button type="button" className="hub-button" disabled={busy} onClick={accept}>
        Take it over
      </button>
      <div aria-live="polite">{fault && <p className="hub-bad">{fault}</p>}</div>
    </>
  )
}
