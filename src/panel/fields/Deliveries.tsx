'use client'
import { useField } from '@payloadcms/ui'
import type { JSONFieldClientComponent } from 'payload'
import { inUtc } from '../../platform/kernel/in-words'
import { Table } from '../parts/Table'

type Delivery = {
  channel: string
  recipient: string
  state: string
  attempts: number
  sent_at: string | null
  next_attempt_at: string | null
  last_error: string | null
}

/** Who was notified of an alert, through which channel, and whether it arrived. */
export const Deliveries: JSONFieldClientComponent = ({ path }) => {
  const { value } = useField<Delivery[] | null>({ path })
  if (!value?.length)
    return <p className="field-type hub-own">Nobody was to be told: no address and no webhook was set.</p>
  return (
    <Table
      look="record"
      caption="Notified"
      rows={value}
      keyOf={({ channel, recipient }) => `${channel} ${recipient}`}
      columns={[
        { heading: 'By', cell: ({ channel }) => channel },
        { heading: 'Whom', cell: ({ recipient }) => recipient },
        { heading: 'State', cell: ({ state }) => state },
        { heading: 'Attempts', cell: ({ attempts }) => attempts },
        { heading: 'When', cell: time },
        { heading: 'What went wrong', cell: (told) => told.last_error ?? '–' },
      ]}
    />
  )
}

function time({ state, sent_at, next_attempt_at }: Delivery): string {
  if (sent_at) return inUtc(new Date(sent_at))
  return state === 'waiting' && next_attempt_at ? `next at ${inUtc(new Date(next_attempt_at))}` : '–'
}
