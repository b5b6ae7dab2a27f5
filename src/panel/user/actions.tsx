'use client'
import { useState } from 'react'
import { v4 as newId } from 'uuid'
import { ActionDialog } from '../parts/ActionDialog'
import { Reason } from '../parts/Reason'

type User = { userId: string }

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
      <label className="hub-field">
        Plan
        <select className="hub-input" value={plan} onChange={(event) => setPlan(event.target.value)}>
          {plans.map(({ name, title }) => (
            <option key={name} value={name}>
              {title}
            </option>
          ))}
        </select>
      </label>
      <label className="hub-field">
        When
        <select className="hub-input" value={when} onChange={(event) => setWhen(event.target.value)}>
          <option value="now">Now, in the same period</option>
          <option value="period-end">When the period ends</option>
        </select>
      </label>
    </ActionDialog>
  )
}

export function GrantTokens({ userId, periodEnd, now }: User & { periodEnd: string; now: string }) {
  const [tokens, setTokens] = useState('')
  const [reason, setReason] = useState('')
  const [last, setLast] = useState('')
  const [requestId, setRequestId] = useState(() => newId())
  const expiresAt = last ? `${last}T23:59:59.000Z` : null
  const ready = Number(tokens) >= 1 && reason.trim().length >= 3
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
      <label className="hub-field">
        Tokens
        <input
          className="hub-input"
          type="number"
          min={1}
          step={1}
          value={tokens}
          onChange={(event) => setTokens(event.target.value)}
        />
      </label>
      <Reason value={reason} onChange={setReason} />
      <label className="hub-field">
        Last day (UTC); empty: until the period ends
        <input
          className="hub-input"
          type="date"
          min={now.slice(0, 10)}
          max={periodEnd.slice(0, 10)}
          value={last}
          onChange={(event) => setLast(event.target.value)}
        />
      </label>
    </ActionDialog>
  )
}

export function TakeBackGrant({ userId, grantId, tokens }: User & { grantId: string; tokens: string }) {
  const [reason, setReason] = useState('')
  return (
    <ActionDialog
      address={actionsOf(userId)}
      label="Take back"
      describedAs={`Take back the grant of ${tokens} tokens`}
      action={reason.trim().length >= 3 ? { action: 'take-back-grant', grantId, reason } : null}
    >
      <Reason value={reason} onChange={setReason} />
    </ActionDialog>
  )
}

export function Pause({ userId }: User) {
  const [reason, setReason] = useState('')
  return (
    <ActionDialog
      address={actionsOf(userId)}
      label="Pause"
      action={reason.trim().length >= 3 ? { action: 'pause', reason } : null}
    >
      <Reason value={reason} onChange={setReason} />
    </ActionDialog>
  )
}

export const Resume = ({ userId }: User) => (
  <ActionDialog address={actionsOf(userId)} label="Resume" action={{ action: 'resume' }} />
)

export const EndSessions = ({ userId }: User) => (
  <ActionDialog address={actionsOf(userId)} label="End all sessions" action={{ action: 'end-sessions' }} />
)

export const EndSession = ({ userId, sessionId }: User & { sessionId: string }) => (
  <ActionDialog address={actionsOf(userId)} label="End" action={{ action: 'end-session', sessionId }} />
)

export const Unlock = ({ userId }: User) => (
  <ActionDialog address={actionsOf(userId)} label="Unlock" action={{ action: 'unlock' }} />
)

export const ResetLink = ({ userId }: User) => (
  <ActionDialog address={actionsOf(userId)} label="Mail a reset link" action={{ action: 'reset-link' }} />
)

export const RevokeKey = ({ userId, keyId, name }: User & { keyId: string; name: string }) => (
  <ActionDialog
    address={actionsOf(userId)}
    label="Revoke"
    describedAs={`Revoke the key ${name}`}
    action={{ action: 'revoke-key', keyId }}
  />
)
