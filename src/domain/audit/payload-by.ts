import type { PayloadRequest } from 'payload'
import { caller } from '../../platform/payload/caller'
import { requestOrigin } from '../../platform/payload/request-origin'
import { type AuditBy, type AuditOrigin, byPrincipal, SYSTEM } from './record'

/**
 * Who is behind a Payload operation, and from where. An operation without a user is the hub's own: nobody else writes
 * audited documents. The versioned API, which calls Payload inside the process, sets the request's origin in `context`.
 */
export function payloadBy(req: PayloadRequest): AuditBy {
  const user = caller(req)
  const origin = (req.context.auditOrigin as AuditOrigin | undefined) ?? requestOrigin(req)
  if (!user) return { ...SYSTEM, ...origin }
  return byPrincipal({ userId: user.id, email: user.email, via: user.via, apiKeyId: user.apiKeyId }, origin)
}

/** The context that the versioned API passes to Payload's Local API, so that the change is recorded with its origin. */
export const auditContext = (auditOrigin: AuditOrigin): { auditOrigin: AuditOrigin } => ({ auditOrigin })
