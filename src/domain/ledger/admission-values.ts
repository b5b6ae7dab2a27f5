import { bare } from './array-literal'
import type { AdmissionRequest, Hold } from './call'

/** A call and the instance that admits it. */
export type Admitting = AdmissionRequest & { instanceId: string }
type Calls = readonly Admitting[]

/** The parameters of admission, by name: arrays with one element per call, and values that all calls share. */
export const ADMISSION_PARAMETERS = {
  /** Hex SHA-256 of an API key; null for a session. */
  key_hashes: (calls: Calls) =>
    bare(calls.map(({ credential }) => (credential.kind === 'api-key' ? credential.keyHash : null))),
  session_ids: (calls: Calls) =>
    bare(calls.map(({ credential }) => (credential.kind === 'session' ? credential.sessionId : null))),
  session_users: (calls: Calls) =>
    bare(calls.map(({ credential }) => (credential.kind === 'session' ? credential.userId : null))),
  tool_ids: (calls: Calls) => bare(calls.map(({ toolId }) => toolId)),
  tool_revisions: (calls: Calls) => bare(calls.map(({ toolRevision }) => toolRevision)),
  holds: (calls: Calls) => bare(calls.map(({ hold }) => most(hold))),
  least_holds: (calls: Calls) => bare(calls.map(({ hold }) => leastOf(hold))),
  usage_ids: (calls: Calls) => bare(calls.map(({ usageId }) => usageId)),
  request_ids: (calls: Calls) => bare(calls.map(({ requestId }) => requestId)),
  deadlines_ms: (calls: Calls) => bare(calls.map(({ deadlineMs }) => Math.ceil(deadlineMs))),
  instance_id: (calls: Calls) => calls[0]?.instanceId,
  /** Null: the database's clock. */
  now: (calls: Calls) => calls[0]?.now ?? null,
}

/** The additional parameters of the full statement. */
export const KEY_PARAMETERS = {
  idempotency_keys: (calls: Calls) => calls.map(({ idempotency }) => idempotency?.key ?? null),
  /** Hex. */
  body_hashes: (calls: Calls) => calls.map(({ idempotency }) => idempotency?.bodyHash ?? null),
}

const most = ({ tokens }: Hold) => Math.max(0, Math.ceil(tokens))

/** An exact hold is all or nothing. Any other hold may be reduced, but not below `least` (at least one token). */
function leastOf(hold: Hold): number {
  return hold.mode === 'exact' ? most(hold) : Math.max(1, Math.min(most(hold), Math.ceil(hold.least ?? 1)))
}
