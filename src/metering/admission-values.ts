import { bare } from './array-literal'
import type { AdmissionRequest, Hold } from './call'

/** A call and the instance that admits it. */
export type Admitting = AdmissionRequest & { instanceId: string }

function admissionValues(call: Admitting): unknown[] {
  const { credential, hold } = call
  const session = credential.kind === 'session' ? credential : null
  return [
    credential.kind === 'api-key' ? credential.keyHash : null,
    session?.sessionId ?? null,
    session?.userId ?? null,
    call.toolId,
    call.toolRevision,
    most(hold),
    leastOf(hold),
    call.usageId,
    call.requestId,
    Math.ceil(call.deadlineMs),
    call.instanceId,
    call.now ?? null,
  ]
}

const most = ({ tokens }: Hold) => Math.max(0, Math.ceil(tokens))

/** An exact hold is all or nothing; another is cut, to its least or to one token. */
function leastOf(hold: Hold): number {
  return hold.mode === 'exact' ? most(hold) : Math.max(1, Math.min(most(hold), Math.ceil(hold.least ?? 1)))
}

/** Calls as the parameters of ADMIT_SQL; they share the instance and one time. */
export function admissionColumns(calls: Admitting[]): unknown[] {
  const rows = calls.map(admissionValues)
  const column = (index: number) => bare(rows.map((row) => row[index] as string | number | null))
  return [...EACH.map(column), calls[0]?.instanceId, calls[0]?.now ?? null]
}

const EACH = [0, 1, 2, 3, 4, 5, 6, 7, 8, 9]

/** What ADMIT_RARE_SQL takes besides. */
export function keyColumns(calls: Admitting[]): unknown[] {
  return [
    calls.map((call) => call.idempotency?.key ?? null),
    calls.map((call) => call.idempotency?.bodyHash ?? null),
  ]
}
