interface Person {
  id: string
  name: string
  email: string
  role: 'user' | 'admin'
  createdAt: Date
}

/** A user as the API shows them. */
export function toProfile({ id, name, email, role, createdAt }: Person) {
  return { id, name, email, role, created_at: createdAt.toISOString() }
}
