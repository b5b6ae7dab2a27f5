import { z } from '@hono/zod-openapi'
import { byPrincipal, recordAudit } from '../../domain/audit/record'
import {
  type Grant as Granted,
  grantEnd,
  grantedNote,
  grantTokens,
  listGrants,
} from '../../domain/billing/grants'
import { rollSubscription } from '../../domain/billing/roll'
import type { SubscriptionRow } from '../../domain/billing/subscription-row'
import { remainderOf, takeBack, takenBackNote } from '../../domain/billing/take-back'
import { inTransaction, type Sql } from '../../platform/database/sql'
import { Problem } from '../../platform/kernel/problem'
import { created, ok } from '../kit/envelope'
import { originOf } from '../kit/origin'
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
      summary: 'The extra tokens that a user was given, newest first; at most 50',
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
      description: 'Sent again with the same `X-Request-ID`, it gives nothing more.',
      access: 'admin',
      params: GrantsParams,
      body: NewGrant,
      answer: { status: 201, description: 'All grants of the user.', schema: z.array(Grant) },
      problems: ['NOT_FOUND', 'CONFLICT'],
    },
    async ({ services, principal, params, body, context }) => {
      const by = byPrincipal(principal, originOf(services, context))
      await inTransaction(services.pool, async (sql) => {
        const row = await runningOf(sql, params.user_id)
        const expiresAt = body.expires_at === undefined ? null : new Date(body.expires_at)
        const requestId = context.env.requestId
        const request = { ...body, expiresAt, adminId: principal.userId, requestId }
        if (!(await grantTokens(sql, row, request))) return
        const note = grantedNote({ ...body, expiresAt: grantEnd(row, { expiresAt }) })
        await recordAudit(sql, by, [onSubscription(row, note)])
      })
      return created((await listGrants(services.pool, params.user_id)).map(toApiGrant))
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
      summary: 'Take back what is left of a grant',
      description:
        'The limit of the period falls by what is left, at most by all of the grant. What was used of it stays used.',
      access: 'admin',
      params: GrantParams,
      body: TakenBack,
      answer: { status: 200, description: 'All grants of the user.', schema: z.array(Grant) },
      problems: ['NOT_FOUND', 'CONFLICT'],
    },
    async ({ services, principal, params, body: { reason }, context }) => {
      const by = byPrincipal(principal, originOf(services, context))
      await inTransaction(services.pool, async (sql) => {
        const row = await runningOf(sql, params.user_id)
        const remainder = await remainderOf(sql, row, params.grant_id)
        await takeBack(sql, row, remainder, { reason, adminId: principal.userId })
        await recordAudit(sql, by, [onSubscription(row, takenBackNote(remainder, reason))])
      })
      return ok((await listGrants(services.pool, params.user_id)).map(toApiGrant))
    },
  )
}

/** Locked, and in its period of this moment. */
async function runningOf(sql: Sql, userId: string): Promise<SubscriptionRow> {
  const { rows } = await sql.query('select from users where id = $1', [userId])
  if (rows.length === 0) throw new Problem('NOT_FOUND', 'There is no such user.')
  const row = await rollSubscription(sql, userId, null)
  if (!row || row.status === 'expired')
    throw new Problem('CONFLICT', 'This user has no running subscription. Give them a plan first.')
  return row
}

const onSubscription = ({ id }: SubscriptionRow, note: string) =>
  ({ action: 'update', subject: 'subscriptions', subjectId: id, title: id, note }) as const

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
