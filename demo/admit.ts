import type { DemoCall } from './demo-call'
import { type DemoRefusal, refusalOf } from './refusals'

/** One person's calls, admitted and refused. */
export type DemoUse = { calls: DemoCall[]; refusals: DemoRefusal[] }

/** Decides as admission does: refuses every call whose hold does not fit into the limit. */
export function admitted(asked: DemoCall[], limit: number): DemoUse {
  const use: DemoUse = { calls: [], refusals: [] }
  let used = 0
  for (const call of asked) {
    if (used + call.tokens_held > limit) {
      use.refusals.push(refusalOf(call, limit, used))
      continue
    }
    used += call.tokens_used
    use.calls.push(call)
  }
  return use
}
