'use client'
import { toast } from '@payloadcms/ui'
import { useRouter } from 'next/navigation'
import { useState } from 'react'
import { counted } from '../parts/numbers'

type Answer = { drift_count?: number; errors?: Array<{ message: string }> }

/** Starts a ledger check, and reloads the list when it is done. */
export function CheckNow() {
  const [busy, setBusy] = useState(false)
  const router = useRouter()
  const check = async () => {
    setBusy(true)
    const said = await ask()
    setBusy(false)
    if (said.drift_count === undefined)
      return toast.error(said.errors?.[0]?.message ?? 'It could not be checked.')
    toast.success(
      said.drift_count === 0 ? 'Checked: no drift' : `Checked: ${counted(said.drift_count, 'difference')}`,
    )
    router.refresh()
  }
  return (
    <button className="hub-button" type="button" disabled={busy} onClick={check}>
      {busy ? 'Checking …' : 'Check now'}
    </button>
  )
}

async function ask(): Promise<Answer> {
  try {
    const sent = { method: 'POST', credentials: 'include', body: '{}' } as const
    const headers = { 'Content-Type': 'application/json' }
    return (await (await fetch('/api/panel/ledger/check', { ...sent, headers })).json()) as Answer
  } catch {
    return {}
  }
}
