'use client'
import { useState } from 'react'
import { v4 as newId } from 'uuid'
import { ActionDialog } from '../parts/ActionDialog'
import { Input, isReason, Reason, Select } from '../parts/Input'
import type { UserAction as Action } from './user-actions'

type User = { userId: string }
type WithoutReason = { action: 'pause' } | { action: 'take-back-grant'; grantId: string }

const actionsOf = (userId: string) => `/api/panel/users/${userId}/actions`

/** Each button opens a dialog that shows what will change, before anything changes. */
export function ChangePlan({
  userId,
  plans,
  current,
}: User & { plans: Array<{ name: string; title: string }>; current: string | null }) {
  const [plan, setPlan] = useState(plans.find(({ name }) => name !== current)?.name ?? '')
  const [when, setWhen] = useState('now')
  return (
    <ActionDialog
      address={actionsOf(userId)}
      label="Change plan"
      action={plan ? { action: 'change-plan', plan, when } : null}
    >
      <Select
        label="Plan"
        value={plan}
        onChange={setPlan}
        options={plans.map(({ name, title }) => [name, title])}
      />
      <Select
        label="When"
        value={when}
        onChange={setWhen}
        options={[
          ['now', 'Now, in the same period'],
          ['period-end', 'When the period ends'],
        ]}
      />
    </ActionDialog>
  )
}

export function GrantTokens({ userId, periodEnd, now }: User & { periodEnd: string; now: string }) {
  const [tokens, setTokens] = useState('')
  const [reason, setReason] = useState('')
  const [last, setLast] = useState('')
  const [requestId, setRequestId] = useState(() => newId())
  const expiresAt = last ? `${last}T23:59:59.000Z` : null
  const ready = Number(tokens) >= 1 && isReason(reason)
  const action = { action: 'grant', tokens: Number(tokens), reason, expiresAt, requestId }
  return (
    <ActionDialog
      address={actionsOf(userId)}
      label="Grant extra tokens"
      action={ready ? action : null}
      onDone={() => {
        setRequestId(newId())
        setTokens('')
      }}
    >
      <Input label="Tokens" type="number" min={1} step={1} value={tokens} onChange={setTokens} />
      <Reason value={reason} onChange={setReason} />
      <Input
        label="Last day (UTC); empty: until the period ends"
        type="date"
        min={now.slice(0, 10)}
        max={periodEnd.slice(0, 10)}
        value={last}
        onChange={setLast}
      />
    </ActionDialog>
  )
}

type Named = User & { label: string; describedAs?: string }

/** An action that needs nothing more than to be confirmed. */
export const UserAction = ({ userId, action, ...names }: Named & { action: Action }) => (
  <ActionDialog address={actionsOf(userId)} action={action} {...names} />
)

/** An action that needs a reason. */
export function ReasonedAction({ userId, action, ...names }: Named & { action: WithoutReason }) {
  const [reason, setReason] = useState('')
  return (
    <ActionDialog
      address={actionsOf(userId)}
      action={isReason(reason) ? { ...action, reason } : null}
      {...names}
    >
      <Reason value={reason} onChange={setReason} />
    </ActionDialog>
  )
}
