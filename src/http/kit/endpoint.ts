import { z } from '@hono/zod-openapi'
import type { SignedInCaller } from '../../domain/accounts/principal'
import { type Access, requireAccess } from '../../domain/operation/access'
import { invalidFields, type ProblemCode, type ProblemDetail } from '../../platform/kernel/problem'
import { BODY_LIMIT_BYTES, readJsonBody, unusableText } from './body'
import type { Answer, ApiContext } from './envelope'
import type { Services } from './services'
import { requireCaller } from './who'
import { toDetails } from './zod-details'

/** The maximum body of an open operation: it contains only an email, a password and a name. */
const MOST_OF_NOBODY = 262_144

/** An operation without a body also accepts an empty object. */
const NOTHING = z.strictObject({})

type Schema = z.ZodType
type Output<S> = S extends Schema ? z.output<S> : undefined

/** One operation of the API: its input, its access, and all its responses. */
export interface Endpoint<
  P extends z.ZodObject | undefined = z.ZodObject | undefined,
  Q extends z.ZodObject | undefined = z.ZodObject | undefined,
  B extends Schema | undefined = Schema | undefined,
> {
  method: 'get' | 'post' | 'patch' | 'delete'
  path: string
  operationId: string
  tag: string
  summary: string
  description?: string
  access: Access
  params?: P
  query?: Q
  body?: B
  /** Request headers that this operation uses, for the OpenAPI document. */
  headers?: z.ZodObject
  answer: { status: 200 | 201 | 204; description: string; schema?: Schema; list?: 'offset' | 'cursor' }
  /** Codes that this operation throws, in addition to those that follow from its access and inputs. */
  problems?: ProblemCode[]
}

/** The checked input of a handler. `principal` is null only for open operations. */
export interface Call<A extends Access, P, Q, B> {
  services: Services
  context: ApiContext
  principal: A extends 'open' ? null : SignedInCaller
  params: Output<P>
  query: Output<Q>
  body: Output<B>
}

export type Handler<A extends Access, P, Q, B> = (call: Call<A, P, Q, B>) => Promise<Answer>

/**
 * Serves one request in the contract's order: who is calling (401) → may they (403) → what they sent (400,
 * 413, 415) → the handler (404 and the rest). So invalid input from a user to an admin's operation is a 403.
 */
export async function serve(
  services: Services,
  endpoint: Endpoint,
  handler: Handler<Access, unknown, unknown, unknown>,
  context: ApiContext,
): Promise<Answer> {
  const principal = endpoint.access === 'open' ? null : await identify(services, endpoint.access, context)
  const sent = await readSent(endpoint, context)
  return handler({ services, context, principal: principal as SignedInCaller, ...(sent as object) } as never)
}

async function identify(services: Services, access: Access, context: ApiContext): Promise<SignedInCaller> {
  const principal = await requireCaller(services, context.req.raw.headers)
  context.env.userId = principal.userId
  requireAccess(principal, access)
  return principal
}

/** Reads parameters, query and body, and reports all their faults at once. */
async function readSent(endpoint: Endpoint, context: ApiContext) {
  const details: ProblemDetail[] = []
  const check = (schema: Schema | undefined, read: () => unknown, root: string) => {
    if (!schema) return undefined
    const result = schema.safeParse(read(), { reportInput: true })
    if (!result.success) details.push(...toDetails(result.error, root))
    return result.data
  }
  const params = check(endpoint.params, () => readParams(context, details), 'path')
  const query = check(endpoint.query, () => readQuery(context, details), 'query')
  const most = endpoint.access === 'open' ? MOST_OF_NOBODY : BODY_LIMIT_BYTES
  const hasBody = endpoint.method !== 'get' && endpoint.method !== 'delete'
  const value = hasBody ? (await readJsonBody(context.req.raw, most)).value : undefined
  const body = check(endpoint.body ?? (value === undefined ? undefined : NOTHING), () => value, 'body')
  if (details.length > 0) throw invalidFields(details)
  return { params, query, body }
}

function readParams(context: ApiContext, details: ProblemDetail[]): Record<string, string> {
  const params = context.req.param() as Record<string, string>
  for (const [name, text] of Object.entries(params)) {
    const problem = unusableText(text, name)
    if (problem) details.push(problem)
  }
  return params
}

/** The query as single values. A repeated name is ambiguous, so it is refused. */
function readQuery(context: ApiContext, details: ProblemDetail[]): Record<string, string> {
  const single: Record<string, string> = {}
  for (const [name, values] of Object.entries(context.req.queries())) {
    const problem = unusableText(`${name}${values.join('')}`, name)
    if (problem) details.push(problem)
    else if (values.length > 1) details.push({ field: name, message: 'is given more than once' })
    single[name] = values[0] ?? ''
  }
  return single
}
