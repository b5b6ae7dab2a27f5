'use client'
import { useField } from '@payloadcms/ui'
import type { JSONFieldClientComponent } from 'payload'
import { inUtc } from '../parts/numbers'

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
    <div className="field-type hub-own" style={{ overflowX: 'auto' }}>
      <table style={{ borderCollapse: 'collapse', width: '100%' }}>
        <caption style={{ paddingBottom: 'calc(var(--base) / 2)', textAlign: 'left' }}>Who was told</caption>
        <thead>
          <tr>
            {['By', 'Whom', 'State', 'Attempts', 'When', 'What went wrong'].map((name) => (
              <th key={name} scope="col" style={cell}>
                {name}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {value.map((told) => (
            <tr key={`${told.channel} ${told.recipient}`}>
              <td style={cell}>{told.channel}</td>
              <td style={cell}>{told.recipient}</td>
              <td style={cell}>{told.state}</td>
              <td style={cell}>{told.attempts}</td>
              <td style={cell}>{time(told)}</td>
              <td style={cell}>{told.last_error ?? '–'}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  )
}

function time({ state, sent_at, next_attempt_at }: Delivery): string {
  if (sent_at) return inUtc(new Date(sent_at))
  return state === 'waiting' && next_attempt_at ? `next at ${inUtc(new Date(next_attempt_at))}` : '–'
}

const cell = {
  borderTop: '1px solid var(--theme-elevation-150)',
  overflowWrap: 'anywhere',
  padding: 'calc(var(--base) / 3) calc(var(--base) / 2) calc(var(--base) / 3) 0',
  textAlign: 'left',
  verticalAlign: 'top',
} as const
