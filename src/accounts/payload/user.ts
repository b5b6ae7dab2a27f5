import type { Principal } from '../principal'

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

/** The user of a request, from the principal that its credential belongs to. */
export function toPayloadUser(principal: Principal): HubUser {
  return {
    id: principal.userId,
    collection: 'users',
    email: principal.email,
    name: principal.name,
    role: principal.role,
    via: principal.via,
    sessionId: principal.sessionId,
    apiKeyId: principal.apiKeyId,
    createdAt: principal.createdAt.toISOString(),
    _strategy: 'hub',
  }
}
