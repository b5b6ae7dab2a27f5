'use client'
import { useId, useState } from 'react'

export type Plan = { name: string; title: string }
export type Who = { plan: string } | { user_id: string }

const USER = ' user'

/** The choice of whom a tool is tried as: a subscriber of a plan, or a user with their remaining tokens. */
export function TriedAs({ plans, onChange }: { plans: Plan[]; onChange: (who: Who) => void }) {
  const id = useId()
  const [chosen, setChosen] = useState(plans[0]?.name ?? USER)
  const [email, setEmail] = useState('')
  const [found, setFound] = useState('')
  const choose = (value: string) => {
    setChosen(value)
    onChange(value === USER ? { user_id: '' } : { plan: value })
  }
  const look = async () => {
    const user = await findUser(email)
    setFound(user ? `${user.name}, ${user.email}` : 'No user has this address.')
    onChange({ user_id: user?.id ?? '' })
  }
  return (
    <>
      <div className="hub-field">
        <label htmlFor={`${id}-as`}>As</label>
        <select
          id={`${id}-as`}
          className="hub-input"
          data-try-as
          value={chosen}
          onChange={(event) => choose(event.target.value)}
        >
          {plans.map(({ name, title }) => (
            <option key={name} value={name}>
              One on {title}
            </option>
          ))}
          <option value={USER}>A user …</option>
        </select>
      </div>
      {chosen === USER && (
        <div className="hub-field">
          <label htmlFor={`${id}-user`}>The user&apos;s email address</label>
          <input
            id={`${id}-user`}
            className="hub-input"
            data-try-user
            type="email"
            value={email}
            onChange={(event) => setEmail(event.target.value)}
            onBlur={look}
            onKeyDown={(event) => {
              if (event.key !== 'Enter') return
              // Without this, Enter would save the document.
              event.preventDefault()
              void look()
            }}
          />
          <span className="hub-note" role="status">
            {found}
          </span>
        </div>
      )}
    </>
  )
}

type User = { id: string; name: string; email: string }

async function findUser(email: string): Promise<User | null> {
  const query = `where[email][equals]=${encodeURIComponent(email.trim().toLowerCase())}&depth=0&limit=1`
  const answer = await fetch(`/api/users?${query}`, { credentials: 'include' })
  const { docs = [] } = (await answer.json()) as { docs?: User[] }
  return docs[0] ?? null
}
