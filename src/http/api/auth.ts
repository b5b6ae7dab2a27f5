import { login } from '../../domain/accounts/login'
import { logout } from '../../domain/accounts/logout'
import { refresh } from '../../domain/accounts/refresh'
import { registerUser } from '../../domain/accounts/register'
import type { TokenPair } from '../../domain/accounts/token-pair'
import { byPrincipal } from '../../domain/audit/record'
import { startDefaultSubscription } from '../../domain/billing/subscriptions'
import { Message } from '../kit/common-schemas'
import { created, ok } from '../kit/envelope'
import { originOf } from '../kit/origin'
import type { Registry } from '../kit/registry'
import { toProfile } from './profile'
import * as schema from './schemas/accounts'

const tag = 'Auth'
const open = 'open' as const

/** Adds registration, and signing in and out. */
export function addAuth(registry: Registry): void {
  addRegistration(registry)
  addTokens(registry)
}

function addRegistration(registry: Registry): void {
  registry.add(
    {
      method: 'post',
      path: '/auth/register',
      operationId: 'register',
      tag,
      summary: 'Create an account',
      access: open,
      body: schema.Register,
      answer: { status: 201, description: 'The new profile.', schema: schema.Profile },
      problems: ['EMAIL_TAKEN', 'REGISTRATION_CLOSED', 'RATE_LIMITED'],
    },
    async ({ services, context, body }) => {
      const deps = { ...services, onRegistered: startDefaultSubscription }
      return created(toProfile(await registerUser(deps, body, originOf(services, context))))
    },
  )
}

function addTokens(registry: Registry): void {
  registry.add(
    {
      method: 'post',
      path: '/auth/login',
      operationId: 'login',
      tag,
      summary: 'Sign in',
      access: open,
      body: schema.Login,
      answer: { status: 200, description: 'A token pair.', schema: schema.TokenPair },
      problems: ['INVALID_CREDENTIALS', 'EMAIL_NOT_CONFIRMED', 'RATE_LIMITED'],
    },
    async ({ services, context, body }) =>
      ok(toTokenPair(await login(services, body, originOf(services, context)))),
  )
  registry.add(
    {
      method: 'post',
      path: '/auth/refresh',
      operationId: 'refresh',
      tag,
      summary: 'Exchange a refresh token for a new pair',
      access: open,
      body: schema.Refresh,
      answer: { status: 200, description: 'The next token pair.', schema: schema.TokenPair },
      problems: ['UNAUTHORIZED', 'TOKEN_REUSED'],
    },
    async ({ services, context, body }) =>
      ok(toTokenPair(await refresh(services, body.refresh_token, null, originOf(services, context)))),
  )
  registry.add(
    {
      method: 'post',
      path: '/auth/logout',
      operationId: 'logout',
      tag,
      summary: 'End this session',
      access: 'session',
      body: schema.Refresh,
      answer: { status: 200, description: 'The session has ended.', schema: Message },
    },
    async ({ services, context, principal, body }) => {
      const by = byPrincipal(principal, originOf(services, context))
      await logout(services, principal, body.refresh_token, null, by)
      return ok({ message: 'You are signed out.' })
    },
  )
}

function toTokenPair(pair: TokenPair) {
  return {
    access_token: pair.accessToken,
    refresh_token: pair.refreshToken,
    token_type: 'bearer',
    expires_in: pair.expiresInSeconds,
  }
}
