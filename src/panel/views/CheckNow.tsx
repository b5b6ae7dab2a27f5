'use client'
import { toast } from '@payloadcms/ui'
import { useRouter } from 'next/navigation'
import { useState } from 'react'
import { counted } from '../../platform/kernel/in-words'
import { ask } from '../parts/ask'

const FAILED = 'It could not be checked.'

/** Starts a ledger check, and reloads the list when it is done. */
export function CheckNow() {
  const [busy, setBusy] = useState(false)
  const router = useRouter()
  const check = async () => {
    setBusy(true)
    const said = await ask<{ drift_count: number }>('/api/panel/ledger/check', {}, FAILED, FAILED)
    setBusy(false)
    if ('fault' in said) return toast.error(said.fault)
    const { drift_count: count } = said
    toast.success(count === 0 ? 'Checked: no drift' : `Checked: ${counted(count, 'difference')}`)
    router.refresh()
  }
  return (
    <button className="hub-button" type="button" disabled={busy} onClick={check}>
      {busy ? 'Checking …' : 'Check now'}
    </button>
  )
}
