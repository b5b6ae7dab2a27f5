import type { Pool } from 'pg'
import { invalidFields, Problem, type ProblemDetail } from '../../platform/kernel/problem'
import type { Credential } from '../accounts/credential'
import { requirePrincipal, type SignedInCaller } from '../accounts/principal'
import { catalogueAt } from '../tools/catalogue'
import type { Tool } from '../tools/tool'
import { countRefused } from './refused-inputs'

/** If a tool keeps changing while a call tries to start, that is an internal error and not the caller's. */
const MOST_TRIES = 3

/** One call as an interface makes it. */
export type Attempt<Result> = {
  credential: Credential
  /** The caller's address; null if it is not known. */
  address: string | null
  /** The tool's id or slug; not read if the request has a fault. */
  tool: string
  /** What is wrong with the request, whatever the tool; undefined if nothing is. */
  fault: unknown
  /** Makes the call; null if it was not admissible. */
  run: () => Promise<Result | null>
  /** Why this tool does not accept the input; empty if it does, null if this interface calls no such tools. */
  faultsOf: (tool: Tool) => ProblemDetail[] | null | Promise<ProblemDetail[]>
  /** 404 in the words of this interface. */
  noSuchTool: () => Problem
  /** Told who is calling as soon as that is known. */
  onCaller?: (userId: string) => void
  /** Told why a call is not admissible; an unknown caller is null. */
  onRefused?: (problem: Problem, userId: string | null) => void
}

/**
 * Makes a call. If it is not admissible, throws the one reason, in the order of the contract: unknown caller, fault of the
 * request, unknown tool, fault of the input. If the tool has changed and the reason is gone, it tries again.
 */
export async function untilAdmissible<Result>(pool: Pool, attempt: Attempt<Result>): Promise<Result> {
  for (let tries = 0; tries < MOST_TRIES; tries += 1) {
    const result = attempt.fault === undefined ? await attempt.run() : null
    if (result !== null) return result
    await throwReason(pool, attempt)
  }
  throw new Problem('NOT_READY', 'The tool is being changed. Try again in a moment.', {
    headers: { 'Retry-After': '1' },
  })
}

async function throwReason(pool: Pool, attempt: Attempt<unknown>): Promise<void> {
  let userId: string | null = null
  try {
    const caller = await requirePrincipal(pool, attempt.credential)
    userId = caller.userId
    attempt.onCaller?.(userId)
    await throwFault(pool, attempt, caller)
  } catch (error) {
    if (error instanceof Problem) attempt.onRefused?.(error, userId)
    throw error
  }
}

async function throwFault(pool: Pool, attempt: Attempt<unknown>, caller: SignedInCaller): Promise<void> {
  const { credential, address, fault } = attempt
  const refused = (problem: Problem) => countRefused({ credential, userId: caller.userId, address }, problem)
  if (fault !== undefined) throw fault instanceof Problem ? refused(fault) : fault
  const tool = (await catalogueAt(pool, caller.catalogueVersion)).find(attempt.tool)
  const faults = tool?.isActive ? await attempt.faultsOf(tool) : null
  if (faults === null) throw attempt.noSuchTool()
  if (faults.length > 0) throw refused(invalidFields(faults))
}
