import { keepUnadmitted } from '../../domain/calls/keep-refused'
import type { Problem } from '../../platform/kernel/problem'
import type { ApiContext } from './envelope'

/** Keeps, for the admins, why a call of a tool was refused before its admission. What admission refuses is kept there. */
export function keepRefusedRequest(c: ApiContext, problem: Problem): void {
  const { called, userId, requestId } = c.env
  if (called !== undefined) keepUnadmitted(problem, { userId, requestId, tool: called })
}
