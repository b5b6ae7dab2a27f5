'use client'
import { useConfig, useDocumentInfo } from '@payloadcms/ui'

const ABOUT = [
  { label: 'Refused calls', path: '/collections/refusals', filter: 'user' },
  { label: 'Alerts', path: '/collections/alerts', filter: 'user' },
  { label: 'What they did', path: '/collections/audit-logs', filter: 'actor' },
]

/** The audit log finds the account by its id, and its subscription by the mail address. */
const doneTo = (id: number | string, email: unknown) =>
  `where[or][0][and][0][subjectId][equals]=${id}` +
  (typeof email === 'string' ? `&where[or][1][and][0][title][equals]=${encodeURIComponent(email)}` : '')

/** Links from a user to the lists that explain what happened to them, each already filtered. */
export function UserLinks() {
  const { id, savedDocumentData } = useDocumentInfo()
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
        <li>
          <a href={`${config.routes.admin}/collections/audit-logs?${doneTo(id, savedDocumentData?.email)}`}>
            What was done to this account
          </a>
        </li>
      </ul>
    </nav>
  )
}
