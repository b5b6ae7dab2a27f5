import { type OpenAPIHono, type RouteConfig, z } from '@hono/zod-openapi'
import { PROBLEM_STATUS, type ProblemCode } from '../../platform/kernel/problem'
import { CursorListMeta, Failure, ListMeta, Meta } from './common-schemas'
import type { Endpoint } from './endpoint'

type OpenApiRegistry = OpenAPIHono['openAPIRegistry']
type Responses = RouteConfig['responses']

const HEADERS = {
  'X-Request-ID': {
    description: "The request's id: yours where you sent a UUID, else a new one.",
    schema: { type: 'string' as const, format: 'uuid' },
  },
}

const RETRY_AFTER = {
  'Retry-After': {
    description: 'Seconds until another try makes sense.',
    schema: { type: 'integer' as const, minimum: 1 },
  },
}

const STATUS_TEXT: Record<number, string> = {
  400: 'Invalid request; the details name each field',
  401: 'Not signed in',
  403: 'Not allowed',
  404: 'Not found',
  405: 'This path has no such method; see `Allow`',
  409: 'Conflict',
  413: 'The body is too large',
  415: 'The body is not JSON',
  422: 'The idempotency key was used with another body',
  429: 'Too many requests; try again after `Retry-After` seconds',
  500: 'A failure of the hub itself; the log has it under the request id',
  502: "The tool's answer made no sense",
  503: 'Not available at the moment; try again later',
  504: 'The tool took too long',
}

/** Adds one operation to the document, with every status that it can answer. */
export function documentEndpoint(registry: OpenApiRegistry, endpoint: Endpoint): void {
  const { method, path, operationId, tag, summary, description, params, query, body, headers } = endpoint
  registry.registerPath({
    method,
    path: `/api/v1${path}`,
    operationId,
    tags: [tag],
    summary,
    ...(description === undefined ? {} : { description }),
    ...(endpoint.access === 'open' ? { security: [] } : { security: securityOf(endpoint) }),
    request: {
      ...(params ? { params } : {}),
      ...(query ? { query } : {}),
      ...(headers ? { headers } : {}),
      ...(body ? { body: { required: true, content: { 'application/json': { schema: body } } } } : {}),
    },
    responses: { ...successOf(endpoint), ...failuresOf(endpoint) },
  })
}

function securityOf(endpoint: Endpoint): Record<string, string[]>[] {
  const session = [{ accessToken: [] }]
  return endpoint.access === 'signed-in' ? [...session, { apiKey: [] }, { apiKeyAsBearer: [] }] : session
}

function successOf({ answer }: Endpoint): Responses {
  if (answer.schema === undefined)
    return { [answer.status]: { description: answer.description, headers: HEADERS } }
  const meta = answer.list === 'cursor' ? CursorListMeta : answer.list === 'offset' ? ListMeta : Meta
  const schema = z.object({ data: answer.schema, error: z.null(), meta })
  const content = { 'application/json': { schema } }
  return { [answer.status]: { description: answer.description, headers: HEADERS, content } }
}

function failuresOf(endpoint: Endpoint): Responses {
  const byStatus = new Map<number, ProblemCode[]>()
  for (const code of new Set(problemsOf(endpoint))) {
    const status = PROBLEM_STATUS[code]
    byStatus.set(status, [...(byStatus.get(status) ?? []), code])
  }
  const responses: Responses = {}
  for (const [status, codes] of [...byStatus].sort(([a], [b]) => a - b)) {
    const again = [409, 429, 503].includes(status) ? RETRY_AFTER : {}
    responses[status] = {
      description: `${STATUS_TEXT[status]}: ${codes.map((code) => `\`${code}\``).join(', ')}.`,
      headers: { ...HEADERS, ...again },
      content: { 'application/json': { schema: Failure } },
    }
  }
  return responses
}

/** What follows from an operation's access and inputs, and what it says of itself. */
function problemsOf(endpoint: Endpoint): ProblemCode[] {
  const problems: ProblemCode[] = [...(endpoint.problems ?? [])]
  const takesBody = endpoint.method === 'post' || endpoint.method === 'patch'
  if (endpoint.access !== 'open') problems.push('UNAUTHORIZED')
  if (endpoint.access === 'admin' || endpoint.access === 'session') problems.push('FORBIDDEN')
  if (takesBody || endpoint.params || endpoint.query) problems.push('VALIDATION_ERROR')
  if (takesBody) problems.push('PAYLOAD_TOO_LARGE', 'UNSUPPORTED_MEDIA_TYPE')
  return [...problems, 'NOT_READY', 'INTERNAL']
}
