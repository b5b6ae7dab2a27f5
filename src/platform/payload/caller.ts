import type { PayloadRequest } from 'payload'

/** What the hub puts on a request as its user: the principal, in the words that Payload expects. */
export type HubUser = {
  id: string
  collection: 'users'
  email: string
  name: string
  role: 'user' | 'admin'
  via: 'session' | 'api-key'
  sessionId: string | null
  apiKeyId: string | null
  createdAt: string
  _strategy: string
}

/** Who is calling, as the hub's auth strategy put it on the request; null for nobody. */
export function caller(req: PayloadRequest): HubUser | null {
  return (req.user as HubUser | null | undefined) ?? null
}
