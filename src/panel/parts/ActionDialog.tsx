'use client'
import { toast } from '@payloadcms/ui'
import { useRouter } from 'next/navigation'
import { type ReactNode, useEffect, useId, useRef, useState } from 'react'
import type { Effect } from '../../domain/operation/operation'
import { ask, type Fault } from './ask'
import { Table } from './Table'

const TYPING_MS = 350

type Props = {
  /** The panel's endpoint that previews and executes the action. */
  address: string
  label: string
  /** For a screen reader, if the label alone is not clear. */
  describedAs?: string
  /** The body to send; null while something is missing. */
  action: object | null
  onDone?: () => void
  children?: ReactNode
}

type Answer = { effects: Effect[] } | Fault

/** A button, and a dialog that first shows what the action would change, as the hub itself decides it. */
export function ActionDialog({ address, label, describedAs, action, onDone, children }: Props) {
  const dialog = useRef<HTMLDialogElement>(null)
  const [open, setOpen] = useState(false)
  const [busy, setBusy] = useState(false)
  const [said, setSaid] = useState<{ of: string; answer: Answer } | null>(null)
  const heading = useId()
  const router = useRouter()
  const sent = JSON.stringify(action)
  // Only the preview of exactly this action: nobody may confirm a preview of an earlier input.
  const answer = said?.of === sent ? said.answer : null
  useEffect(() => {
    if (!open || sent === 'null') return setSaid(null)
    let current = true
    const timer = setTimeout(async () => {
      const answered = await send(address, { ...JSON.parse(sent), preview: true })
      if (current) setSaid({ of: sent, answer: answered })
    }, TYPING_MS)
    return () => {
      current = false
      clearTimeout(timer)
    }
  }, [open, sent, address])
  const confirm = async () => {
    setBusy(true)
    const answered = await send(address, JSON.parse(sent))
    setBusy(false)
    if ('fault' in answered) return setSaid({ of: sent, answer: answered })
    dialog.current?.close()
    onDone?.()
    toast.success(`${describedAs ?? label}: done`)
    router.refresh()
  }
  return (
    <>
      <button
        className="hub-button"
        type="button"
        aria-label={describedAs}
        onClick={() => {
          setOpen(true)
          dialog.current?.showModal()
        }}
      >
        {label}
      </button>
      <dialog ref={dialog} className="hub-dialog" aria-labelledby={heading} onClose={() => setOpen(false)}>
        <h3 id={heading}>{describedAs ?? label}</h3>
        {children}
        <Preview answer={answer} missing={action === null} />
        <div className="hub-choices">
          <button
            className="hub-button hub-button--main"
            type="button"
            disabled={busy || answer === null || 'fault' in answer}
            onClick={confirm}
          >
            Confirm
          </button>
          <button className="hub-button" type="button" onClick={() => dialog.current?.close()}>
            Cancel
          </button>
        </div>
      </dialog>
    </>
  )
}

function Preview({ answer, missing }: { answer: Answer | null; missing: boolean }) {
  if (answer && 'fault' in answer)
    return (
      <p className="hub-bad" role="alert" style={{ margin: 0 }}>
        {answer.fault}
      </p>
    )
  if (!answer)
    return <p className="hub-note">{missing ? 'Fill in the fields to see what will change.' : 'Looking …'}</p>
  return (
    <Table
      look="preview"
      rows={answer.effects}
      keyOf={({ what }) => what}
      columns={[
        { heading: 'What changes', cell: ({ what }) => what },
        { heading: 'Now', isText: true, cell: ({ before }) => before },
        { heading: 'Then', isText: true, cell: ({ after }) => <strong>{after}</strong> },
      ]}
    />
  )
}

const send = (address: string, body: object): Promise<Answer> =>
  ask<{ effects: Effect[] }>(address, body, 'It could not be done.')
