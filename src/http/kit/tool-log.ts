import type { Problem } from '../../platform/kernel/problem'
import type { ApiContext } from './envelope'
import type { Services } from './services'

/** What a tool did wrong is for the log; the caller reads less. */
export function logToolProblem({ log }: Services, c: ApiContext, problem: Problem): void {
  if (!(problem.cause instanceof Error)) return
  log.warn({ request_id: c.env.requestId, code: problem.code, reason: problem.cause.message }, 'tool failed')
}
