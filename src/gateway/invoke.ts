import type { Pool } from 'pg'
import type { Credential } from '../accounts/credential'
import type { Log } from '../log'
import type { Refusal } from '../metering/call'
import { readIdempotent } from '../metering/idempotency'
import { admit } from '../metering/metering'
import { newUsageId } from '../metering/usage-id'
import { usualTokens } from '../metering/usual-tokens'
import { Problem } from '../problem'
import { catalogueAt, refreshCatalogue } from '../tools/catalogue'
import { inputProblems } from '../tools/input'
import { holdFor } from '../tools/metering'
import type { Tool } from '../tools/tool'
import { type Idempotency, inProgress, mismatch } from './idempotency'
import { keepUntilSettled } from './in-flight'
import { toProblem } from './refusals'
import { runCall } from './run-call'

/** What changes between the look at the catalogue and the admission is rare; five times in a row is a fault. */
const MOST_TRIES = 5

export interface GatewayRoom {
  pool: Pool
  log: Log
}

export interface InvokeRequest {
  credential: Credential
  /** The tool's id or slug. */
  tool: string
  input: Record<string, unknown>
  requestId: string
  idempotency: Idempotency | undefined
}

/** How a call ended. The user is known from admission on; `answer` is the JSON text of the result. */
export type InvokeOutcome =
  | { ended: 'answered'; userId: string; headers: Record<string, string>; answer: string }
  | { ended: 'failed'; userId: string; problem: Problem }
  /** No such tool, an input that it does not take, or nobody: it takes a look at the database to say which. */
  | { ended: 'not-admissible' }

/**
 * Invokes a tool: admit (one committed statement) → call → settle (one committed statement). The catalogue
 * is the process's cached one; an admission that finds the tool changed says so, and the call starts over.
 */
export function invoke(room: GatewayRoom, request: InvokeRequest): Promise<InvokeOutcome> {
  return keepUntilSettled(admitAndRun(room, request))
}

async function admitAndRun(room: GatewayRoom, request: InvokeRequest): Promise<InvokeOutcome> {
  for (let attempt = 0; attempt < MOST_TRIES; attempt += 1) {
    const tool = (await catalogueAt(room.pool)).find(request.tool)
    if (!tool?.isActive || inputProblems(tool, request.input).length > 0) return { ended: 'not-admissible' }
    const admission = await admit(admissionOf(request, tool))
    if (admission.admitted) return runCall(room, request, tool, admission)
    if (admission.reason === 'stale') await refreshCatalogue(room.pool)
    else {
      const outcome = await refuse(room, request, tool, admission)
      if (outcome) return outcome
    }
  }
  throw new Problem('NOT_READY', 'The tool is being changed. Try again in a moment.', [], {
    'Retry-After': '1',
  })
}

function admissionOf(request: InvokeRequest, tool: Tool) {
  return {
    credential: request.credential,
    toolId: tool.id,
    toolRevision: tool.revision,
    usageId: newUsageId(),
    requestId: request.requestId,
    hold: holdFor(tool, request.input, usualTokens(tool.id)),
    deadlineMs: tool.timeoutMs,
    ...(request.idempotency ? { idempotency: request.idempotency } : {}),
  }
}

/** The outcome of a refusal; null when the call should start over (an idempotency key that just expired). */
async function refuse(
  room: GatewayRoom,
  { idempotency }: InvokeRequest,
  tool: Tool,
  refusal: Refusal,
): Promise<InvokeOutcome | null> {
  if (refusal.reason === 'unauthorized' || refusal.reason === 'stale') return { ended: 'not-admissible' }
  const { userId } = refusal
  if (refusal.reason !== 'idempotency-known') return { ended: 'failed', userId, problem: toProblem(refusal) }
  if (!idempotency) throw new Error('an idempotency key is known that was never sent')
  const known = await readIdempotent(room.pool, { userId, toolId: tool.id, ...idempotency })
  switch (known.state) {
    case 'replay':
      return { ended: 'answered', userId, headers: { 'idempotent-replayed': 'true' }, answer: known.answer }
    case 'mismatch':
      return { ended: 'failed', userId, problem: mismatch() }
    case 'in-progress':
      return { ended: 'failed', userId, problem: inProgress() }
    case 'gone':
      return null
  }
}
