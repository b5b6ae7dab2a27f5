import { parseJson } from '../../platform/kernel/exact-json'
import { Problem } from '../../platform/kernel/problem'
import { findPrincipal } from '../accounts/principal'
import { catalogueAt } from '../tools/catalogue'
import type { InvokeRequest } from './admit-call'
import { type CallDeps, faultsOf, invoke, sentOf } from './invoke'
import { keepUnadmitted } from './keep-refused'
import { countRefused, requireFewRefused } from './refused-inputs'

/** A tool that changes again and again while a call asks for it is a fault, and not the caller's. */
const MOST_TRIES = 3

export type Invocation = {
  request_id: string
  output: Record<string, unknown>
  tokens_used: number
  duration_ms: number
}

/** A request with the address that it came from, where that is known. */
export type AddressedRequest = InvokeRequest & { address: string | null }

/**
 * Invokes a tool for doors that have read the request already, and gives its result. Throws the `Problem` that the
 * versioned API would answer, in the same order of checks: who, which tool, what input, then the plan's limits.
 */
export async function invokeTool(deps: CallDeps, request: AddressedRequest): Promise<Invocation> {
  requireFewRefused(request.credential)
  for (let attempt = 0; attempt < MOST_TRIES; attempt += 1) {
    const outcome = await invoke(deps, request)
    if (outcome.ended === 'answered') return parseJson(outcome.answer) as Invocation
    if (outcome.ended === 'failed') throw noted(deps, request, outcome.problem)
    await explain(deps, request)
  }
  throw new Problem('NOT_READY', 'The tool is being changed. Try again in a moment.', [], {
    'Retry-After': '1',
  })
}

/** Throws why a request is not admissible; returns where nothing is wrong now. */
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
    countRefused({ credential, userId, address }, new Problem('VALIDATION_ERROR', message, faults)),
  )
}

/** What the tool did wrong is for the log; the caller reads less. */
function noted({ log }: CallDeps, { requestId }: InvokeRequest, problem: Problem): Problem {
  if (problem.cause instanceof Error)
    log.warn({ request_id: requestId, code: problem.code, reason: problem.cause.message }, 'tool failed')
  return problem
}
