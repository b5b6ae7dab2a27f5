import type { Pool } from 'pg'
import { Problem } from '../../platform/kernel/problem'
import type { Log } from '../../platform/log/log'
import type { Credential } from '../accounts/credential'
import { findPrincipal } from '../accounts/principal'
import type { Admitted, Hold, Refusal } from '../ledger/call'
import { readIdempotent } from '../ledger/idempotency'
import { newUsageId } from '../ledger/usage-id'
import type { ProviderWords } from '../models/provider-words'
import { catalogueAt, refreshCatalogue } from '../tools/catalogue'
import { isCheckedForKnown } from '../tools/input'
import { isCountedBefore } from '../tools/metering'
import type { Tool } from '../tools/tool'
import { admit } from '../usage/metering'
import { type Idempotency, inProgress, mismatch } from './idempotency'
import { keepIdempotencyRefused, keepRefused } from './keep-refused'
import { toProblem } from './refusals'

/** The catalogue rarely changes between the look-up and the admission; five times in a row is an error. */
const MOST_TRIES = 5

export interface CallDeps {
  pool: Pool
  log: Log
}

export interface CallRequest {
  credential: Credential
  /** The tool's id or slug. */
  tool: string
  requestId: string
  idempotency: Idempotency | undefined
  /** The maximum size of the request's body. */
  bytes: number
  /** Whether the credential is known to belong to a user; otherwise only admission finds that out. */
  isKnown: boolean
  /** Aborted when the caller disconnects, which ends calls of models. */
  signal?: AbortSignal | undefined
}

/** How a call ended. The user is known from admission on; `answer` is the JSON text of the result. */
export type InvokeOutcome =
  | { ended: 'answered'; userId: string; headers: Record<string, string>; answer: string }
  | {
      ended: 'failed'
      userId: string
      problem: Problem
      refused?: Refused | undefined
      said?: ProviderWords | undefined
    }
  /** The tool does not exist, it does not accept the input, or the caller is unknown: only the database can say which. */
  | { ended: 'not-admissible' }

/** What a model's provider said about a request that it refused as invalid. */
export type Refused = { status: number } & ProviderWords

/** A call that was admitted, with the result of `prepare`. */
export type Started<Prepared> = { ended: 'not-yet'; tool: Tool; prepared: Prepared; admitted: Admitted }

/**
 * Admits a call by one committed statement. `prepare` returns the prepared request and its hold, or null if the
 * request does not fit the tool. The catalogue is the process's cached one: if admission finds that the tool has
 * changed, the call starts over. If `prepare` may take long, the caller is looked up first.
 */
export async function admitCall<Prepared extends { hold: Hold }>(
  deps: CallDeps,
  request: CallRequest,
  prepare: (tool: Tool) => Prepared | null | Promise<Prepared | null>,
): Promise<Started<Prepared> | InvokeOutcome> {
  let mayLook = request.isKnown
  for (let attempt = 0; attempt < MOST_TRIES; attempt += 1) {
    const tool = (await catalogueAt(deps.pool)).find(request.tool)
    if (!tool?.isActive) return { ended: 'not-admissible' }
    mayLook ||= !isCostly(tool, request.bytes) || (await isSomebodys(deps, request))
    const preparing = mayLook ? prepare(tool) : null
    const prepared = preparing instanceof Promise ? await preparing : preparing
    if (prepared === null) return { ended: 'not-admissible' }
    const admission = await admit(admissionOf(request, tool, prepared.hold))
    if (admission.admitted) return { ended: 'not-yet', tool, prepared, admitted: admission }
    if (admission.reason === 'stale') await refreshCatalogue(deps.pool)
    else {
      const outcome = await refuse(
        deps,
        request,
        { tool, requestId: request.requestId, hold: prepared.hold },
        admission,
      )
      if (outcome) return outcome
    }
  }
  throw new Problem('NOT_READY', 'The tool is being changed. Try again in a moment.', {
    headers: { 'Retry-After': '1' },
  })
}

/** For more bytes than this, counting tokens takes milliseconds. */
const MOST_COUNTED_AT_ONCE = 8 * 1024

/**
 * Whether checking an input may take so long that one more statement first looks up the caller: anybody can make up a
 * key with a valid checksum.
 */
function isCostly(tool: Tool, bytes: number): boolean {
  return (bytes > MOST_COUNTED_AT_ONCE && isCountedBefore(tool)) || isCheckedForKnown(tool, bytes)
}

async function isSomebodys(deps: CallDeps, { credential }: CallRequest): Promise<boolean> {
  return (await findPrincipal(deps.pool, credential, null)) !== null
}

function admissionOf(request: CallRequest, tool: Tool, hold: Hold) {
  return {
    credential: request.credential,
    toolId: tool.id,
    toolRevision: tool.revision,
    usageId: newUsageId(),
    requestId: request.requestId,
    hold,
    deadlineMs: tool.timeoutMs,
    ...(request.idempotency ? { idempotency: request.idempotency } : {}),
  }
}

/** The outcome of a refusal; null if the call should start over (an idempotency key that just expired). */
async function refuse(
  deps: CallDeps,
  { idempotency }: CallRequest,
  asked: { tool: Tool; requestId: string; hold: Hold },
  refusal: Refusal,
): Promise<InvokeOutcome | null> {
  if (refusal.reason === 'unauthorized' || refusal.reason === 'stale') return { ended: 'not-admissible' }
  const { userId } = refusal
  if (refusal.reason !== 'idempotency-known') {
    const problem = toProblem(refusal)
    keepRefused(refusal, asked, problem)
    return { ended: 'failed', userId, problem }
  }
  if (!idempotency) throw new Error('an idempotency key is known that was never sent')
  const known = await readIdempotent(deps.pool, { userId, toolId: asked.tool.id, ...idempotency })
  switch (known.state) {
    case 'replay':
      return { ended: 'answered', userId, headers: { 'idempotent-replayed': 'true' }, answer: known.answer }
    case 'mismatch':
    case 'in-progress': {
      const problem = known.state === 'mismatch' ? mismatch() : inProgress()
      keepIdempotencyRefused(userId, asked, problem)
      return { ended: 'failed', userId, problem }
    }
    case 'gone':
      return null
  }
}

export interface InvokeRequest extends CallRequest {
  input: Record<string, unknown>
}
