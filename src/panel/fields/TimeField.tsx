'use client'
import { useField } from '@payloadcms/ui'
import type { DateFieldClientComponent } from 'payload'
import { inUtc } from '../../platform/kernel/in-words'

/** A time that the hub wrote and nobody edits, in UTC and to the second. */
export const TimeField: DateFieldClientComponent = ({ path, field }) => {
  const { value } = useField<string | null>({ path })
  const about = field.admin?.description
  return (
    <div className="field-type hub-own" style={{ flexGrow: 1, marginBottom: 'var(--base)' }}>
      <p style={{ margin: '0 0 calc(var(--base) / 4)' }}>{String(field.label ?? field.name)}</p>
      <time dateTime={value ?? undefined} style={{ fontVariantNumeric: 'tabular-nums' }}>
        {value ? inUtc(new Date(value), 'second') : '–'}
      </time>
      {typeof about === 'string' && (
        <p style={{ color: 'var(--theme-elevation-700)', fontSize: 12.5, margin: 0 }}>{about}</p>
      )}
    </div>
  )
}
