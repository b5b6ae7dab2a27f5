import { GRAPHQL_POST } from '@payloadcms/next/routes'
import { handleEndpoints, headersWithCors, type PayloadRequest, type SanitizedConfig } from 'payload'
import { requireOwnCookies } from '../../domain/accounts/payload/origin'
import { ownIteration } from '../../platform/kernel/own-iteration'
import { Problem } from '../../platform/kernel/problem'
import { perProcess } from '../../platform/kernel/process'
import { withNotedStatus } from '../../platform/payload/lists/refused-status'
import { hubLog } from '../../platform/runtime/runtime'
import { noteBody, withDigits } from './graphql/exact-integers'
import { guardGraphql } from './graphql-guard'
import { largeBodies } from './large-bodies'
import { withoutStoring } from './no-store'
import { guardRequest } from './request-guard'

/** Payload's generated REST and GraphQL without Next: the same responses, several times faster. */
export type GeneratedApi = (request: Request, address: string) => Promise<Response>

/** The handler for everything under `/api` that is not the versioned API. */
export function generatedApi(config: SanitizedConfig): GeneratedApi {
  outliveRefusals()
  const graphql = GRAPHQL_POST(Promise.resolve(config))
  return async (request, address) => withoutStoring(request, await answer(request, address))

  async function answer(request: Request, address: string): Promise<Response> {
    const large = largeBodies(request, config)
    try {
      const guarded = withoutPrefix(await guardRequest(request, address, large), config)
      const isGraphql = new URL(guarded.url).pathname === '/api/graphql'
      if (isGraphql && guarded.method !== 'OPTIONS') return await answerGraphql(guarded, graphql, config)
      return await handleEndpoints({ config: Promise.resolve(config), request: guarded })
    } catch (error) {
      if (error instanceof Problem) return refusal(error, request, config)
      hubLog().error({ err: error }, 'the generated API failed')
      return Response.json({ errors: [{ message: 'Something went wrong.' }] }, { status: 500 })
    } finally {
      large.end()
    }
  }
}

/** Only files in a bucket have a prefix: without one, Payload would filter by a field that does not exist. */
function withoutPrefix(request: Request, config: SanitizedConfig): Request {
  const url = new URL(request.url)
  const [, , slug, action] = url.pathname.split('/')
  if (action?.toLowerCase() !== 'file' || !url.searchParams.has('prefix')) return request
  const collection = config.collections.find((one) => one.slug === slug)
  if (collection?.flattenedFields.some(({ name }) => name === 'prefix')) return request
  url.searchParams.delete('prefix')
  return new Request(url, request)
}

/**
 * Payload checks some paths of a filter without waiting for the result. Such an unhandled refusal would end the process, so
 * any user could end it. Every other unhandled rejection stays fatal.
 */
function outliveRefusals(): void {
  perProcess('generated-api.refusals', () =>
    process.on('unhandledRejection', (error) => {
      const status = (error as { status?: number } | null)?.status ?? 500
      if (status < 400 || status >= 500) throw error
    }),
  )
}

async function answerGraphql(
  request: Request,
  post: (request: Request) => Promise<Response>,
  config: SanitizedConfig,
): Promise<Response> {
  if (request.method !== 'POST')
    throw new Problem('METHOD_NOT_ALLOWED', 'Send GraphQL requests with POST', { headers: { allow: 'POST' } })
  requireOwnCookies(request, config)
  const text = await guardGraphql(request)
  noteBody(request, text)
  // Payload's handler takes milliseconds before its first wait, for every caller.
  await ownIteration('graphql')
  try {
    const answer = await post(request)
    // Errors of resolvers are part of the response. So a bare 500 means a document that could not be validated.
    if (answer.status === 500 && !answer.headers.has('content-type')) return unfit()
    return withNotedStatus(request, await withDigits(request, answer))
  } catch (error) {
    // Payload formats only errors from resolvers. Earlier errors (a variable that does not fit) arrive here.
    if (!isGraphqlInputError(error)) throw error
    return unfit()
  }
}

function unfit(): Response {
  const errors = [{ message: 'The query or its variables do not fit the schema' }]
  return Response.json({ errors }, { status: 400 })
}

function isGraphqlInputError(error: unknown): boolean {
  return error instanceof TypeError && /reading 'status'|originalError/.test(error.message)
}

function refusal(problem: Problem, request: Request, config: SanitizedConfig): Response {
  const entry = { name: problem.code, message: problem.message, data: { details: problem.details } }
  // A frontend on an allowed origin must be able to read why it was refused.
  const req = { headers: request.headers, payload: { config } } as unknown as PayloadRequest
  const headers = headersWithCors({ headers: new Headers(problem.headers), req })
  return Response.json({ errors: [entry] }, { status: problem.status, headers })
}
