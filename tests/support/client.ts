import { randomInt } from 'node:crypto'
import { PROBLEM_STATUS, type ProblemCode } from '../../src/platform/kernel/problem'
import { bodyValidator, contract, pathOf } from './contract'
import { hubUrl } from './run'

const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[1-8][0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/

export interface Sent {
  token?: string
  key?: string
  /** Sent as JSON. */
  body?: unknown
  /** Sent as it is. */
  raw?: string | Uint8Array | ReadableStream
  headers?: Record<string, string>
  signal?: AbortSignal
}

export interface Problem {
  code: ProblemCode
  message: string
  details: { field?: string; message?: string; [key: string]: unknown }[]
}

export interface Received<Data> {
  status: number
  headers: Headers
  data: Data
  error: Problem | null
  meta: {
    request_id: string
    pagination?: { offset: number; limit: number; total: number; next_cursor?: string }
  }
  text: string
}

/**
 * Sends one request as a client does, and holds the answer against the contract: its status is documented for
 * this path and method, its body matches the document, the envelope and the request id are as they should be.
 */
export async function call<Data = Record<string, unknown>>(
  method: string,
  address: string,
  sent: Sent = {},
): Promise<Received<Data>> {
  const response = await fetch(`${hubUrl()}${address.startsWith('/api/') ? '' : '/api/v1'}${address}`, {
    method,
    headers: headersOf(sent),
    redirect: 'manual',
    ...(sent.raw !== undefined ? { body: sent.raw as BodyInit, duplex: 'half' } : {}),
    ...(sent.raw === undefined && sent.body !== undefined ? { body: JSON.stringify(sent.body) } : {}),
    ...(sent.signal ? { signal: sent.signal } : {}),
  })
  const text = await response.text()
  const path = new URL(response.url).pathname
  if (path.startsWith('/api/v1/')) await hold(method, path, response, text)
  const body = text.startsWith('{') ? JSON.parse(text) : {}
  return { status: response.status, headers: response.headers, text, ...body }
}

/** Each request comes from an address of its own, so that the limits by address stay out of the way. */
export function someAddress(): string {
  return `198.18.${randomInt(256)}.${randomInt(1, 255)}`
}

function headersOf({ token, key, body, raw, headers }: Sent): Record<string, string> {
  return {
    'x-forwarded-for': someAddress(),
    ...(body !== undefined || raw !== undefined ? { 'content-type': 'application/json' } : {}),
    ...(token ? { authorization: `Bearer ${token}` } : {}),
    ...(key ? { 'x-api-key': key } : {}),
    ...headers,
  }
}

/** Holds an answer against the contract, for tests that start a hub of their own; gives it back to be read. */
export async function held(method: string, answer: Response): Promise<Response> {
  await hold(method, new URL(answer.url).pathname, answer, await answer.clone().text())
  return answer
}

async function hold(method: string, address: string, response: Response, text: string): Promise<void> {
  const shown = `${method} ${address} → ${response.status} ${text.slice(0, 600)}`
  const fault = await faultOf(method.toLowerCase(), address, response, text)
  if (fault) throw new Error(`${fault}\n${shown}`)
}

async function faultOf(method: string, address: string, response: Response, text: string) {
  const { document } = await contract()
  const id = response.headers.get('x-request-id') ?? ''
  if (!UUID.test(id)) return 'X-Request-ID is missing or no UUID'
  if (response.status === 500) return 'no answer may be a 500'
  if (/node_modules|\.ts:\d+/.test(text) && !address.startsWith('/api/v1/docs'))
    return 'the answer shows a stack trace'
  const path = pathOf(document, address)
  const operation =
    path === undefined ? undefined : document.paths[path]?.[method === 'head' ? 'get' : method]
  if (!path || !operation) return undocumentedFault(method, address, response, text, id, path)
  if (method === 'head') return text === '' ? null : 'HEAD has a body'
  if (!operation.responses[response.status]) return 'this status is not documented'
  return bodyFault(path, method, response.status, text, id)
}

/** Outside the document there are files of its page, OPTIONS, and refusals in the envelope: 404 and 405. */
function undocumentedFault(
  method: string,
  address: string,
  response: Response,
  text: string,
  id: string,
  path: string | undefined,
): string | null {
  if (response.status < 400 && (method === 'options' || /^\/api\/v1\/(docs|openapi)/.test(address)))
    return null
  const expected = path || /^\/api\/v1\/(docs|openapi\.json)/.test(address) ? [404, 405] : [404]
  if (!expected.includes(response.status)) return 'an unknown path or method must be a 404 or 405'
  if (response.status === 405 && !response.headers.get('allow')) return '405 without Allow'
  return method === 'head' ? null : envelopeFault(JSON.parse(text), response.status, id)
}

async function bodyFault(path: string, method: string, status: number, text: string, id: string) {
  const validate = await bodyValidator(path, method, status)
  if (!validate) return text === '' ? null : 'a body where the document has none'
  const body = JSON.parse(text)
  if (!validate(body)) return `not as documented: ${JSON.stringify(validate.errors)}`
  return /\/(health|ready)$/.test(path) && status !== 401 ? null : envelopeFault(body, status, id)
}

type Envelope = { data: unknown; error: { code: ProblemCode } | null; meta: { request_id: string } }

function envelopeFault(parsed: unknown, status: number, id: string): string | null {
  const body = parsed as Envelope
  if (body.meta?.request_id !== id) return 'meta.request_id is not X-Request-ID'
  if (status < 400) return body.error === null ? null : 'an error beside a success'
  if (body.data !== null || !body.error) return 'a failure without error, or with data'
  return PROBLEM_STATUS[body.error.code] === status ? null : `${body.error.code} does not go with ${status}`
}
