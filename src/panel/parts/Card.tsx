import type { ReactNode } from 'react'
import './panel.css'

type Props = {
  title: string
  /** The heading, if it says more than the title. */
  heading?: string
  /** What is counted. */
  note?: ReactNode
  /** The list behind the title. */
  link?: string
  /** A button beside the title. */
  action?: ReactNode
  /** True among the fields of a document, where a card is as high as its content. */
  isField?: boolean
  /** Shown alone, without note and link, if it is set: there is no data. */
  empty?: ReactNode
  children?: ReactNode
}

/** A titled box of the panel. */
export function Card({ title, heading = title, note, link, action, isField, empty, children }: Props) {
  return (
    <section
      className="hub-card"
      aria-label={title}
      style={isField ? { height: 'auto', marginBottom: 'var(--base)' } : undefined}
    >
      <div className="hub-card__head">
        <h3>{link && !empty ? <a href={link}>{heading}</a> : heading}</h3>
        {note && !empty && <p className="hub-note">{note}</p>}
        {action}
      </div>
      {empty ? <Nothing>{empty}</Nothing> : children}
    </section>
  )
}

/** The text that is shown when there is no data. */
export function Nothing({ children }: { children: ReactNode }) {
  return <div className="hub-empty">{children}</div>
}
