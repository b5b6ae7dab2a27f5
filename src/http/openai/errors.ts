import type { Refused } from '../../domain/calls/admit-call'
import type { ProviderWords } from '../../domain/models/provider-words'
import type { Problem, ProblemCode } from '../../platform/kernel/problem'
import type { ApiContext } from '../kit/envelope'
import { sendJson, unreadHeaders } from '../kit/envelope'

type Shape = { type: string; code: string | null }

/** Each of the hub's codes as an error that OpenAI's clients understand. */
const SHAPES: Partial<Record<ProblemCode, Shape>> = {
  VALIDATION_ERROR: { type: 'invalid_request_error', code: null },
  UNAUTHORIZED: { type: 'invalid_request_error', code: 'invalid_api_key' },
  FORBIDDEN: { type: 'invalid_request_error', code: 'forbidden' },
  SUBSCRIPTION_REQUIRED: { type: 'insufficient_quota', code: 'subscription_required' },
  PLAN_UPGRADE_REQUIRED: { type: 'insufficient_quota', code: 'plan_upgrade_required' },
  TOKEN_LIMIT_EXCEEDED: { type: 'insufficient_quota', code: 'insufficient_quota' },
  NOT_FOUND: { type: 'invalid_request_error', code: 'unknown_url' },
  ACCOUNT_PAUSED: { type: 'invalid_request_error', code: 'account_paused' },
  METHOD_NOT_ALLOWED: { type: 'invalid_request_error', code: 'method_not_allowed' },
  PAYLOAD_TOO_LARGE: { type: 'invalid_request_error', code: 'payload_too_large' },
  UNSUPPORTED_MEDIA_TYPE: { type: 'invalid_request_error', code: 'unsupported_media_type' },
  IDEMPOTENCY_MISMATCH: { type: 'invalid_request_error', code: 'idempotency_mismatch' },
  IDEMPOTENCY_IN_PROGRESS: { type: 'invalid_request_error', code: 'idempotency_in_progress' },
  RATE_LIMITED: { type: 'rate_limit_error', code: 'rate_limit_exceeded' },
  TOKENS_HELD: { type: 'rate_limit_error', code: 'tokens_held' },
}

const SERVER: Shape = { type: 'server_error', code: null }

/** An error's object in OpenAI's shape. `param` is the first field at fault; `said` is what the provider said of it. */
export function toErrorBody(problem: Problem, said?: ProviderWords) {
  const { type, code } = SHAPES[problem.code] ?? { ...SERVER, code: problem.code.toLowerCase() }
  const namesField = problem.code === 'VALIDATION_ERROR' || problem.code === 'NOT_FOUND'
  const param = namesField ? (problem.details[0]?.field ?? null) : null
  const shown = problem.code === 'NOT_FOUND' && param === 'model' ? 'model_not_found' : code
  if (!said) return { error: { message: problem.message, type, param, code: shown } }
  const message = `${problem.message} The provider said: ${said.message}`
  return { error: { message, type, param: said.param ?? param, code: said.code ?? shown } }
}

/**
 * Answers a problem in OpenAI's shape. Clients try again after any 429 and 5xx: where that would not help for as long
 * as the period lasts, they are told so.
 */
export function sendError(c: ApiContext, problem: Problem, said?: ProviderWords): Response {
  const retry: Record<string, string> = problem.status === 403 ? { 'x-should-retry': 'false' } : {}
  const challenge: Record<string, string> =
    problem.status === 401 ? { 'www-authenticate': 'Bearer realm="hub"' } : {}
  return sendJson(c, problem.status, toErrorBody(problem, said), {
    ...unreadHeaders(c, problem.status),
    ...challenge,
    ...retry,
    ...problem.headers,
  })
}

/** What the provider says of a request that it refused is the caller's to know: it is passed on as a 400. */
export function sendRefused(c: ApiContext, { message, param, code }: Refused): Response {
  const error = { message, type: 'invalid_request_error', param, code }
  return sendJson(c, 400, { error })
}
