import { parseJson } from '../../platform/kernel/exact-json'
import { Problem } from '../../platform/kernel/problem'
import type { InvokeRequest } from './admit-call'
import { type CallDeps, faultsOf, invoke, sentOf } from './invoke'
import { keepUnadmitted } from './keep-refused'
import { requireFewRefused } from './refused-inputs'
import { untilAdmissible } from './until-admissible'

export type Invocation = {
  request_id: string
  output: Record<string, unknown>
  tokens_used: number
  duration_ms: number
}

/** A request with the client's address, if known. */
export type AddressedRequest = InvokeRequest & { address: string | null }

/**
 * Invokes a tool for interfaces that have already read the request, and returns its result. Throws the same `Problem`
 * that the versioned API would return, with the same order of checks: caller, tool, input, then the plan's limits.
 */
export async function invokeTool(deps: CallDeps, request: AddressedRequest): Promise<Invocation> {
  requireFewRefused(request.credential)
  const { credential, address, tool, requestId } = request
  return untilAdmissible(deps.pool, {
    credential,
    address,
    tool,
    fault: undefined,
    run: async () => {
      const outcome = await invoke(deps, request)
      if (outcome.ended === 'failed') throw noted(deps, request, outcome.problem)
      return outcome.ended === 'answered' ? (parseJson(outcome.answer) as Invocation) : null
    },
    faultsOf: (found) => faultsOf(found, sentOf(request)),
    noSuchTool: () => new Problem('NOT_FOUND', 'There is no such tool.'),
    onRefused: (problem, userId) => keepUnadmitted(problem, { userId, requestId, tool }),
  })
}

/** Logs the tool's fault in detail; the caller gets less. */
function noted({ log }: CallDeps, { requestId }: InvokeRequest, problem: Problem): Problem {
  if (problem.cause instanceof Error)
    log.warn({ request_id: requestId, code: problem.code, reason: problem.cause.message }, 'tool failed')
  return problem
}
