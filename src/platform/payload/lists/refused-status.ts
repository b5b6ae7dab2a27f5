import { GraphQLError } from 'graphql'
import type { Problem } from '../../kernel/problem'

/** Where a rule notes the status of a refused document: Payload's own handler answers 200 with `errors`. */
const STATUS = Symbol.for('hub.graphql.status')

type Noted = { [STATUS]?: number; responseHeaders?: Headers }

/**
 * The error by which a rule refuses a document. Status and headers are noted on the request of the GraphQL context, which
 * is the `Request` that the handler was given.
 */
export function refusedBy(problem: Problem, contextValue: unknown): GraphQLError {
  const { code, status, details, message } = problem
  const { req } = (contextValue ?? {}) as { req?: Noted }
  if (req) {
    req[STATUS] = status
    req.responseHeaders = new Headers([...(req.responseHeaders ?? []), ...Object.entries(problem.headers)])
  }
  return new GraphQLError(message, { extensions: { name: code, data: { details }, statusCode: status } })
}

/** The answer with the status that was noted on its request, if any. */
export function withNotedStatus(request: Request, answer: Response): Response {
  const status = (request as Noted)[STATUS]
  return status === undefined ? answer : new Response(answer.body, { status, headers: answer.headers })
}
