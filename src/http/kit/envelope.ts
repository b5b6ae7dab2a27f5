import type { Context } from 'hono'
import { madeOf, toJson } from '../../platform/kernel/exact-json'
import type { Problem } from '../../platform/kernel/problem'
import type { Exchange } from './exchange'
import { toResponse } from './plain-answer'

export type Pagination = { offset: number; limit: number; total: number; next_cursor?: string | null }

/** The result of a handler. `data` is undefined only for a 204. */
export interface Answer {
  status: 200 | 201 | 204
  data?: unknown
  pagination?: Pagination
  headers?: Record<string, string>
}

export type ApiContext = Context<{ Bindings: Exchange }>

/**
 * The headers of every response. The hub serves data, so browsers must not run it, frame it or guess its type. The data is
 * private, so no cache may store it.
 */
const SECURITY_HEADERS = {
  'cache-control': 'no-store',
  'content-security-policy':
    "default-src 'none'; frame-ancestors 'none'; base-uri 'none'; form-action 'none'",
  'cross-origin-resource-policy': 'same-site',
  'referrer-policy': 'no-referrer',
  'x-content-type-options': 'nosniff',
  'x-frame-options': 'DENY',
}

export const EXPOSED_HEADERS =
  'X-Request-ID, RateLimit, RateLimit-Policy, Retry-After, X-Should-Retry, Idempotent-Replayed, Allow, Mcp-Session-Id, WWW-Authenticate'

/** 200 with data. */
export const ok = (data: unknown): Answer => ({ status: 200, data })

/** 201 with the created data. */
export const created = (data: unknown): Answer => ({ status: 201, data })

/** 204, no body. */
export const noContent = (): Answer => ({ status: 204 })

/** 200 with one page of a list. */
export const page = (rows: unknown[], pagination: Pagination): Answer => ({
  status: 200,
  data: rows,
  pagination,
})

/** Sends a handler's result in the envelope. */
export function sendAnswer(c: ApiContext, answer: Answer): Response {
  if (answer.status === 204) return respond(c, 204, null, answer.headers)
  const meta = answer.pagination
    ? { request_id: c.env.requestId, pagination: answer.pagination }
    : { request_id: c.env.requestId }
  return sendJson(
    c,
    answer.status,
    madeOf(answer.data, { data: answer.data, error: null, meta }),
    answer.headers,
  )
}

/** Sends a refusal or failure in the envelope, with its own headers. */
export function sendProblem(c: ApiContext, problem: Problem): Response {
  const { code, message, details, headers } = problem
  const body = { data: null, error: { code, message, details }, meta: { request_id: c.env.requestId } }
  const challenge: Record<string, string> =
    problem.status === 401 ? { 'www-authenticate': 'Bearer realm="hub"' } : {}
  return sendJson(c, problem.status, body, { ...challenge, ...unreadHeaders(c, problem.status), ...headers })
}

/** Sends any value as JSON, without an envelope. */
export function sendJson(
  c: ApiContext,
  status: number,
  value: unknown,
  headers: Record<string, string> = {},
): Response {
  return respond(c, status, toJson(value), {
    'content-type': 'application/json; charset=utf-8',
    ...headers,
  })
}

/** The only place that creates responses: each has the request id, CORS and security headers. */
export function respond(
  c: ApiContext,
  status: number,
  body: string | Uint8Array<ArrayBuffer> | null,
  headers: Record<string, string> = {},
): Response {
  c.env.status = status
  return toResponse({ status, headers: answerHeaders(c, headers), body }, c.env.tray)
}

const MOST_UNREAD_BYTES = 65_536

/**
 * A refusal may be sent before the request's large body was read. Clients should not use that connection again: the rest of
 * the body is still in it, and the server may close it at any moment.
 */
export function unreadHeaders(c: ApiContext, status: number): Record<string, string> {
  if (status !== 401 && status !== 429) return {}
  const isLarge = Number(c.req.header('content-length') ?? 0) > MOST_UNREAD_BYTES
  return isLarge ? { connection: 'close' } : {}
}

/** The headers of every response, and those of this one. */
export function answerHeaders(c: ApiContext, headers: Record<string, string>): Record<string, string> {
  return { 'x-request-id': c.env.requestId, ...SECURITY_HEADERS, ...originHeaders(c.env), ...headers }
}

const HTTPS_ONLY = { 'strict-transport-security': 'max-age=31536000; includeSubDomains' }

function originHeaders(exchange: Exchange): Record<string, string> {
  const https = exchange.https ? HTTPS_ONLY : {}
  if (exchange.corsOrigin === null) return https
  return {
    ...https,
    'access-control-allow-origin': exchange.corsOrigin,
    'access-control-expose-headers': EXPOSED_HEADERS,
    vary: 'Origin',
  }
}
