import type { Context } from 'hono'
import { madeOf, toJson } from '../../platform/kernel/exact-json'
import type { Problem } from '../../platform/kernel/problem'
import type { Exchange } from './exchange'
import { toResponse } from './plain-answer'

export type Pagination = { offset: number; limit: number; total: number; next_cursor?: string | null }

/** What a handler answers. `data` is undefined for a 204 only. */
export interface Answer {
  status: 200 | 201 | 204
  data?: unknown
  pagination?: Pagination
  headers?: Record<string, string>
}

export type ApiContext = Context<{ Bindings: Exchange }>

/**
 * Held by every answer. The hub serves data, so nothing in it may run, be framed, or be guessed at; and the
 * data is somebody's, so nothing on the way may keep it.
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

/** 201 with what was made. */
export const created = (data: unknown): Answer => ({ status: 201, data })

/** 204, no body. */
export const noContent = (): Answer => ({ status: 204 })

/** 200 with one page of a list. */
export const page = (rows: unknown[], pagination: Pagination): Answer => ({
  status: 200,
  data: rows,
  pagination,
})

/** Sends an answer in the envelope. */
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

/** Sends a refusal or failure in the envelope, with the headers that it brings along. */
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

/** The one place where answers are made: request id, CORS and security headers are on each of them. */
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
 * A refusal may leave before its large body was read. Nothing else should be sent over that connection: what is left of
 * the body stands in the way, and the server may close it at any moment.
 */
export function unreadHeaders(c: ApiContext, status: number): Record<string, string> {
  if (status !== 401 && status !== 429) return {}
  const isLarge = Number(c.req.header('content-length') ?? 0) > MOST_UNREAD_BYTES
  return isLarge ? { connection: 'close' } : {}
}

/** What every answer carries, and what this one brings along. */
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
