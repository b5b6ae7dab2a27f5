'use client'
import { useConfig, useDocumentInfo } from '@payloadcms/ui'

const ABOUT = [
  { label: 'Refused calls', path: '/collections/refusals', filter: 'user' },
  { label: 'Alerts', path: '/collections/alerts', filter: 'user' },
  { label: 'What they did', path: '/collections/audit-logs', filter: 'actor' },
  { label: 'What was done to this account', path: '/collections/audit-logs', filter: 'subjectId' },
]

/** From a user to the lists that explain what happened to them, each filtered already. */
export function UserLinks() {
  const { id } = useDocumentInfo()
  const { config } = useConfig()
  if (!id) return null
  return (
    <nav aria-label="More about this user" className="field-type hub-own">
      <ul
        style={{
          display: 'flex',
          flexWrap: 'wrap',
          gap: 'var(--base)',
          listStyle: 'none',
          margin: 0,
          padding: 0,
        }}
      >
        {ABOUT.map(({ label, path, filter }) => (
          <li key={label}>
            <a href={`${config.routes.admin}${path}?where[or][0][and][0][${filter}][equals]=${id}`}>
              {label}
            </a>
          </li>
        ))}
      </ul>
    </nav>
  )
}
