import { parseJson } from '../../platform/kernel/exact-json'
import { Problem } from '../../platform/kernel/problem'
import { findPrincipal } from '../accounts/principal'
import { catalogueAt } from '../tools/catalogue'
import type { InvokeRequest } from './admit-call'
import { type CallDeps, faultsOf, invoke, sentOf } from './invoke'
import { keepUnadmitted } from './keep-refused'
import { countRefused, requireFewRefused } from './refused-inputs'

/** If a tool changes again and again during one call, that is an error, and not the caller's. */
const MOST_TRIES = 3

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
  for (let attempt = 0; attempt < MOST_TRIES; attempt += 1) {
    const outcome = await invoke(deps, request)
    if (outcome.ended === 'answered') return parseJson(outcome.answer) as Invocation
    if (outcome.ended === 'failed') throw noted(deps, request, outcome.problem)
    await explain(deps, request)
  }
  throw new Problem('NOT_READY', 'The tool is being changed. Try again in a moment.', {
    headers: { 'Retry-After': '1' },
  })
}

/** Throws the reason why a request is not admissible; returns if nothing is wrong now. */
async function explain(deps: CallDeps, request: AddressedRequest): Promise<void> {
  const { credential, tool: name, requestId, address } = request
  const caller = await findPrincipal(deps.pool, credential, null)
  const refused = (problem: Problem): Problem => {
    keepUnadmitted(problem, { userId: caller?.userId ?? null, requestId, tool: name })
    return problem
  }
  if (!caller)
    throw refused(new Problem('UNAUTHORIZED', 'Sign in first: send a valid access token or API key.'))
  const tool = (await catalogueAt(deps.pool, caller.catalogueVersion)).find(name)
  if (!tool?.isActive) throw refused(new Problem('NOT_FOUND', 'There is no such tool.'))
  const faults = await faultsOf(tool, sentOf(request))
  if (faults.length === 0) return
  const message = `${faults.map((fault) => `${fault.field} ${fault.message}`).join('; ')}.`
  const { userId } = caller
  throw refused(
    countRefused(
      { credential, userId, address },
      new Problem('VALIDATION_ERROR', message, { details: faults }),
    ),
  )
}

/** Logs the tool's fault in detail; the caller gets less. */
function noted({ log }: CallDeps, { requestId }: InvokeRequest, problem: Problem): Problem {
  if (problem.cause instanceof Error)
    log.warn({ request_id: requestId, code: problem.code, reason: problem.cause.message }, 'tool failed')
  return problem
}
