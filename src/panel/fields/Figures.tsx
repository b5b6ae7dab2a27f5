'use client'
import { useField } from '@payloadcms/ui'
import type { JSONFieldClientComponent } from 'payload'

/** Named values, one a line: the values that the hub saw when it decided. */
export const Figures: JSONFieldClientComponent = ({ path, field }) => {
  const { value } = useField<Record<string, unknown> | null>({ path })
  const seen = Object.entries(value ?? {}).filter(([, figure]) => figure !== null)
  if (seen.length === 0) return null
  return (
    <section
      aria-label={String(field.label ?? field.name)}
      className="field-type hub-own"
      style={{ marginBottom: 'var(--base)' }}
    >
      <p style={{ marginBottom: 'calc(var(--base) / 2)' }}>{String(field.label ?? field.name)}</p>
      <dl
        style={{
          display: 'grid',
          gap: 'calc(var(--base) / 4) var(--base)',
          gridTemplateColumns: 'auto 1fr',
          margin: 0,
        }}
      >
        {seen.map(([name, figure]) => (
          <div key={name} style={{ display: 'contents' }}>
            <dt>{words(name)}</dt>
            <dd style={{ fontVariantNumeric: 'tabular-nums', margin: 0, overflowWrap: 'anywhere' }}>
              {shown(figure)}
            </dd>
          </div>
        ))}
      </dl>
    </section>
  )
}

/** A name such as `tokensUsed` as readable words. */
const words = (name: string) => name.replace(/[A-Z]/g, (letter) => ` ${letter.toLowerCase()}`)

const number = new Intl.NumberFormat('en')

function shown(figure: unknown): string {
  if (typeof figure === 'number') return number.format(figure)
  return typeof figure === 'object' ? JSON.stringify(figure) : String(figure)
}
