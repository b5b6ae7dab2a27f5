import { z } from '@hono/zod-openapi'
import { endSession, listSessions } from '../../domain/accounts/sessions'
import { byPrincipal } from '../../domain/audit/record'
import { Message } from '../kit/common-schemas'
import { ok } from '../kit/envelope'
import { originOf } from '../kit/origin'
import type { Registry } from '../kit/registry'
import { Session, SessionParams } from './schemas/accounts'

const tag = 'Account'

/** Adds the list of the caller's sessions, and ending one of them. */
export function addSessions(registry: Registry): void {
  registry.add(
    {
      method: 'get',
      path: '/users/me/sessions',
      operationId: 'listSessions',
      tag,
      summary: 'List your sessions',
      access: 'session',
      answer: { status: 200, description: 'The live sessions.', schema: z.array(Session) },
    },
    async ({ services, principal }) => {
      const sessions = await listSessions(services.pool, principal)
      return ok(sessions.map(toApiSession))
    },
  )
  registry.add(
    {
      method: 'delete',
      path: '/users/me/sessions/{session_id}',
      operationId: 'endSession',
      tag,
      summary: 'End one of your sessions',
      access: 'session',
      params: SessionParams,
      answer: { status: 200, description: 'The session has ended.', schema: Message },
      problems: ['NOT_FOUND'],
    },
    async ({ services, context, principal, params }) => {
      const by = byPrincipal(principal, originOf(services, context))
      await endSession(services.pool, principal.userId, params.session_id, null, by)
      return ok({ message: 'The session has ended.' })
    },
  )
}

type Listed = Awaited<ReturnType<typeof listSessions>>[number]

function toApiSession(session: Listed) {
  return {
    id: session.id,
    created_at: session.createdAt.toISOString(),
    last_used_at: session.lastUsedAt.toISOString(),
    expires_at: session.expiresAt.toISOString(),
    address: session.address,
    user_agent: session.userAgent,
    current: session.current,
  }
}
