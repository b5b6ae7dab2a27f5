import type { DemoCall } from './demo-call'
import { type DemoRefusal, refusalOf } from './refusals'

/** What one person called, and what of it was refused. */
export type DemoUse = { calls: DemoCall[]; refusals: DemoRefusal[] }

/** What admission does: nothing is let in that does not fit. */
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
