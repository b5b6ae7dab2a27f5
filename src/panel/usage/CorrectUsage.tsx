'use client'
import { useState } from 'react'
import { v4 as newId } from 'uuid'
import { ActionDialog } from '../parts/ActionDialog'
import { Reason } from '../parts/Reason'

/** Corrects a call's charge, after showing the effects. Then it reloads the page, because its figures have changed. */
export function CorrectUsage({ usageId, tokens: charged }: { usageId: string; tokens: number }) {
  const [tokens, setTokens] = useState(String(charged))
  const [reason, setReason] = useState('')
  const [requestId] = useState(() => newId())
  const isReady = /^\d{1,10}$/.test(tokens) && reason.trim().length >= 3
  return (
    <ActionDialog
      address={`/api/panel/usage/${usageId}/corrections`}
      label="Correct"
      describedAs="Correct what this call is charged"
      action={isReady ? { tokens: Number(tokens), reason, requestId } : null}
      onDone={() => window.location.reload()}
    >
      <label className="hub-field">
        Tokens that it is charged
        <input
          className="hub-input"
          type="number"
          min={0}
          step={1}
          value={tokens}
          onChange={(event) => setTokens(event.target.value)}
        />
      </label>
      <Reason value={reason} onChange={setReason} />
    </ActionDialog>
  )
}
