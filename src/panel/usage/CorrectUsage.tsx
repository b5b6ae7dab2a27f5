'use client'
import { useState } from 'react'
import { v4 as newId } from 'uuid'
import { ActionDialog } from '../parts/ActionDialog'
import { Input, isReason, Reason } from '../parts/Input'

/** Corrects a call's charge, after showing the effects. Then it reloads the page, because its figures have changed. */
export function CorrectUsage({ usageId, tokens: charged }: { usageId: string; tokens: number }) {
  const [tokens, setTokens] = useState(String(charged))
  const [reason, setReason] = useState('')
  const [requestId] = useState(() => newId())
  const isReady = /^\d{1,10}$/.test(tokens) && isReason(reason)
  return (
    <ActionDialog
      address={`/api/panel/usage/${usageId}/corrections`}
      label="Correct"
      describedAs="Correct what this call is charged"
      action={isReady ? { tokens: Number(tokens), reason, requestId } : null}
      onDone={() => window.location.reload()}
    >
      <Input
        label="Tokens that it is charged"
        type="number"
        min={0}
        step={1}
        value={tokens}
        onChange={setTokens}
      />
      <Reason value={reason} onChange={setReason} />
    </ActionDialog>
  )
}
