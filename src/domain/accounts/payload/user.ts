import type { HubUser } from '../../../platform/payload/caller'
import type { Principal } from '../principal'

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
