'use client'
import { useState } from 'react'
import { Input, Select } from '../parts/Input'

export type Plan = { name: string; title: string }
export type Who = { plan: string } | { user_id: string }

const USER = ' user'

/** The choice of whom a tool is tried as: a subscriber of a plan, or a user with their remaining tokens. */
export function TriedAs({ plans, onChange }: { plans: Plan[]; onChange: (who: Who) => void }) {
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
      <Select
        label="As"
        data-try-as
        value={chosen}
        onChange={choose}
        options={[...plans.map(({ name, title }) => [name, `One on ${title}`]), [USER, 'A user …']]}
      />
      {chosen === USER && (
        <div className="hub-field">
          <Input
            label="The user's email address"
            data-try-user
            type="email"
            value={email}
            onChange={setEmail}
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
