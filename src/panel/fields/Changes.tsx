'use client'
import { useField } from '@payloadcms/ui'
import type { DefaultCellComponentProps, JSONFieldClientComponent } from 'payload'

type Recorded = Record<string, { from: unknown; to: unknown }>

/** The changed fields: a row for each, with its value before and after. */
export const Changes: JSONFieldClientComponent = ({ path }) => {
  const { value } = useField<Recorded | null>({ path })
  const changed = Object.entries(value ?? {})
  if (changed.length === 0) return null
  return (
    <div className="field-type hub-own" style={{ overflowX: 'auto' }}>
      <table style={{ borderCollapse: 'collapse', width: '100%' }}>
        <caption style={{ paddingBottom: 'calc(var(--base) / 2)', textAlign: 'left' }}>What changed</caption>
        <thead>
          <tr>
            {['Field', 'Before', 'After'].map((name) => (
              <th key={name} scope="col" style={cell}>
                {name}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {changed.map(([name, { from, to }]) => (
            <tr key={name}>
              <th scope="row" style={cell}>
                {name}
              </th>
              <td style={cell}>{shown(from)}</td>
              <td style={cell}>{shown(to)}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  )
}

/** The names of the changed fields, for a list. */
export function ChangesCell({ cellData }: DefaultCellComponentProps) {
  return <span>{Object.keys((cellData as Recorded | null) ?? {}).join(', ')}</span>
}

const cell = {
  borderTop: '1px solid var(--theme-elevation-150)',
  maxWidth: '40ch',
  overflowWrap: 'anywhere',
  padding: 'calc(var(--base) / 3) calc(var(--base) / 2) calc(var(--base) / 3) 0',
  textAlign: 'left',
  verticalAlign: 'top',
  whiteSpace: 'pre-wrap',
} as const

function shown(value: unknown): string {
  if (value === null || value === undefined) return '–'
  return typeof value === 'object' ? JSON.stringify(value, null, 2) : String(value)
}
