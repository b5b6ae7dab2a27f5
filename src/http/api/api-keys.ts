import { z } from '@hono/zod-openapi'
import { createApiKey, listApiKeys, revokeApiKey } from '../../domain/accounts/api-keys'
import { byPrincipal } from '../../domain/audit/record'
import { created, ok } from '../kit/envelope'
import { originOf } from '../kit/origin'
import type { Registry } from '../kit/registry'
import { ApiKey, KeyParams, MadeApiKey, NewApiKey } from './schemas/accounts'

const tag = 'API keys'

/** Adds listing, making and revoking API keys. A key itself may do none of these. */
export function addApiKeys(registry: Registry): void {
  registry.add(
    {
      method: 'get',
      path: '/users/me/api-keys',
      operationId: 'listApiKeys',
      tag,
      summary: 'List your API keys',
      access: 'session',
      answer: {
        status: 200,
        description: 'Your keys, without their secret values.',
        schema: z.array(ApiKey),
      },
    },
    async ({ services, principal }) => ok((await listApiKeys(services.pool, principal.userId)).map(toApiKey)),
  )
  registry.add(
    {
      method: 'post',
      path: '/users/me/api-keys',
      operationId: 'createApiKey',
      tag,
      summary: 'Create an API key',
      access: 'session',
      body: NewApiKey,
      answer: { status: 201, description: 'The key, shown only once.', schema: MadeApiKey },
      problems: ['CONFLICT'],
    },
    async ({ services, context, principal, body }) => {
      const expiresAt = body.expires_at ? new Date(body.expires_at) : null
      const by = byPrincipal(principal, originOf(services, context))
      const made = await createApiKey(services, principal.userId, { name: body.name, expiresAt }, null, by)
      return created(toMadeKey(made))
    },
  )
  registry.add(
    {
      method: 'delete',
      path: '/users/me/api-keys/{key_id}',
      operationId: 'revokeApiKey',
      tag,
      summary: 'Revoke an API key',
      access: 'session',
      params: KeyParams,
      answer: { status: 200, description: 'The revoked key.', schema: ApiKey },
      problems: ['NOT_FOUND'],
    },
    async ({ services, context, principal, params }) => {
      const by = byPrincipal(principal, originOf(services, context))
      return ok(toApiKey(await revokeApiKey(services.pool, principal.userId, params.key_id, null, by)))
    },
  )
}

type Key = Awaited<ReturnType<typeof listApiKeys>>[number]
type Made = Awaited<ReturnType<typeof createApiKey>>

function toApiKey(key: Key) {
  return {
    id: key.id,
    name: key.name,
    key_prefix: key.keyPrefix,
    active: key.active,
    created_at: key.createdAt.toISOString(),
    last_used_at: key.lastUsedAt?.toISOString() ?? null,
    expires_at: key.expiresAt?.toISOString() ?? null,
  }
}

function toMadeKey(made: Made) {
  return {
    id: made.id,
    name: made.name,
    key: made.key,
    key_prefix: made.keyPrefix,
    created_at: made.createdAt.toISOString(),
    expires_at: made.expiresAt?.toISOString() ?? null,
  }
}
