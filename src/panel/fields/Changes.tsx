'use client'
import { useField } from '@payloadcms/ui'
import type { DefaultCellComponentProps, JSONFieldClientComponent } from 'payload'
import { Table } from '../parts/Table'

type Recorded = Record<string, { from: unknown; to: unknown }>

/** The changed fields: a row for each, with its value before and after. */
export const Changes: JSONFieldClientComponent = ({ path }) => {
  const { value } = useField<Recorded | null>({ path })
  const changed = Object.entries(value ?? {})
  if (changed.length === 0) return null
  return (
    <Table
      look="record"
      caption="What changed"
      rows={changed}
      keyOf={([name]) => name}
      columns={[
        { ...VALUE, heading: 'Field', isRowHeading: true, cell: ([name]) => name },
        { ...VALUE, heading: 'Before', cell: ([, { from }]) => shown(from) },
        { ...VALUE, heading: 'After', cell: ([, { to }]) => shown(to) },
      ]}
    />
  )
}

/** The names of the changed fields, for a list. */
export function ChangesCell({ cellData }: DefaultCellComponentProps) {
  return <span>{Object.keys((cellData as Recorded | null) ?? {}).join(', ')}</span>
}

const VALUE = { className: () => 'hub-value' }

function shown(value: unknown): string {
  if (value === null || value === undefined) return '–'
  return typeof value === 'object' ? JSON.stringify(value, null, 2) : String(value)
}
