import { z } from '@hono/zod-openapi'
import { type Grant as Granted, listGrants } from '../../domain/billing/grants'
import { grantTokensToUser } from '../../domain/billing/operations/grant-tokens'
import { takeBackGrant } from '../../domain/billing/operations/take-back-grant'
import { carryOut } from '../../domain/operation/operation'
import { created, ok } from '../kit/envelope'
import { callerOf, depsOf } from '../kit/operations'
import type { Registry } from '../kit/registry'
import { Grant, GrantParams, GrantsParams, NewGrant, TakenBack } from './schemas/grants'

const tag = 'Admin'

/** Adds giving extra tokens for a user's current period, and taking back what is left of them. */
export function addAdminGrants(registry: Registry): void {
  addList(registry)
  addGiving(registry)
  addTakingBack(registry)
}

function addList(registry: Registry): void {
  registry.add(
    {
      method: 'get',
      path: '/admin/users/{user_id}/grants',
      operationId: 'listGrants',
      tag,
      summary: 'List the extra tokens of a user, newest first; at most 50',
      access: 'admin',
      params: GrantsParams,
      answer: { status: 200, description: 'The grants.', schema: z.array(Grant) },
    },
    async ({ services, params }) => ok((await listGrants(services.pool, params.user_id)).map(toApiGrant)),
  )
}

function addGiving(registry: Registry): void {
  registry.add(
    {
      method: 'post',
      path: '/admin/users/{user_id}/grants',
      operationId: 'grantTokens',
      tag,
      summary: 'Give extra tokens for the current period',
      description: 'A repeated request with the same `X-Request-ID` grants nothing more.',
      access: grantTokensToUser.access,
      params: GrantsParams,
      body: NewGrant,
      answer: { status: 201, description: 'All grants of the user.', schema: z.array(Grant) },
      problems: ['NOT_FOUND', 'CONFLICT'],
    },
    async ({ services, principal, params: { user_id: subjectId }, body, context }) => {
      const { expires_at: expiresAt = null, ...about } = body
      const input = { ...about, expiresAt, requestId: context.env.requestId }
      const caller = callerOf(services, context, principal)
      await carryOut(grantTokensToUser, depsOf(services), { subjectId, input, caller })
      return created((await listGrants(services.pool, subjectId)).map(toApiGrant))
    },
  )
}

function addTakingBack(registry: Registry): void {
  registry.add(
    {
      method: 'post',
      path: '/admin/users/{user_id}/grants/{grant_id}/take-back',
      operationId: 'takeBackGrant',
      tag,
      summary: 'Take back the unused part of a grant',
      description:
        'Lowers the limit of the period by the unused tokens, at most by the whole grant. Used tokens stay used.',
      access: takeBackGrant.access,
      params: GrantParams,
      body: TakenBack,
      answer: { status: 200, description: 'All grants of the user.', schema: z.array(Grant) },
      problems: ['NOT_FOUND', 'CONFLICT'],
    },
    async ({ services, principal, params, body: { reason }, context }) => {
      const { user_id: subjectId, grant_id: grantId } = params
      const caller = callerOf(services, context, principal)
      await carryOut(takeBackGrant, depsOf(services), { subjectId, input: { grantId, reason }, caller })
      return ok((await listGrants(services.pool, subjectId)).map(toApiGrant))
    },
  )
}

const toApiGrant = (grant: Granted) => ({
  id: grant.id,
  tokens: grant.tokens,
  reason: grant.reason,
  expires_at: grant.expiresAt.toISOString(),
  created_at: grant.createdAt.toISOString(),
  given_by: grant.admin,
  tokens_taken_back: grant.takenBack,
  taken_back_at: grant.takenAt?.toISOString() ?? null,
  taken_back_reason: grant.takenReason,
  taken_back_by: grant.takenBy,
})
