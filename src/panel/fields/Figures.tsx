'use client'
import { useField } from '@payloadcms/ui'
import type { JSONFieldClientComponent } from 'payload'
import { inFull } from '../../platform/kernel/in-words'
import '../parts/panel.css'

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
      <dl className="hub-values">
        {seen.map(([name, figure]) => (
          <div key={name}>
            <dt>{words(name)}</dt>
            <dd>{shown(figure)}</dd>
          </div>
        ))}
      </dl>
    </section>
  )
}

/** A name such as `tokensUsed` as readable words. */
const words = (name: string) => name.replace(/[A-Z]/g, (letter) => ` ${letter.toLowerCase()}`)

function shown(figure: unknown): string {
  if (typeof figure === 'number') return inFull(figure)
  return typeof figure === 'object' ? JSON.stringify(figure) : String(figure)
}
