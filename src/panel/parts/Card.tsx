import type { ReactNode } from 'react'
import './panel.css'

/** A titled box of the panel. `note` says what is counted, `link` leads to its list. */
export function Card(props: { title: string; note?: ReactNode; link?: string; children: ReactNode }) {
  const { title, note, link, children } = props
  return (
    <section className="hub-card" aria-label={title}>
      <div className="hub-card__head">
        <h3>{link ? <a href={link}>{title}</a> : title}</h3>
        {note && <p className="hub-note">{note}</p>}
      </div>
      {children}
    </section>
  )
}

/** The text that is shown when there is no data. */
export function Nothing({ children }: { children: ReactNode }) {
  return <div className="hub-empty">{children}</div>
}
