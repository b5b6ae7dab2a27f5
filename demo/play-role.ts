import { admitted, type DemoUse } from './admit'
import type { DemoCall } from './demo-call'
import type { DemoPerson } from './people'
import { pausedRefusal, refusalOf } from './refusals'
import { limitOf, PAUSED_MS } from './roles'

/** When a person has used all tokens, this share of their calls, the last ones, is refused. */
const REFUSED_SHARE = 0.08

/**
 * The calls of a current period with a role: they add up to the role's share of the limit. Calls after the tokens are
 * used up, and calls during a pause, are refused.
 */
export function playRole(person: DemoPerson, asked: DemoCall[], now: Date): DemoUse {
  const limit = limitOf(person)
  const { share = 0, paused } = person.role ?? {}
  const pausedSince = new Date(now.getTime() - PAUSED_MS).toISOString()
  const before = paused ? asked.filter(({ created_at }) => created_at < pausedSince) : asked
  const count = share < 1 ? before.length : before.length - Math.ceil(before.length * REFUSED_SHARE)
  const calls = addedUpTo(before.slice(0, count), Math.floor(limit * share))
  // There are too few calls to reach the sum: use the calls as they were requested.
  if (!calls) return admitted(asked, limit)
  const refusals = before.slice(count).map((call) => refusalOf(call, limit, limit))
  return { calls, refusals: [...refusals, ...asked.slice(before.length).map(pausedRefusal)] }
}

/** Scales the calls' tokens so that they add up to `total`; fixed prices stay. Null if that is impossible. */
function addedUpTo(calls: DemoCall[], total: number): DemoCall[] | null {
  const sum = (some: DemoCall[]) => some.reduce((tokens, one) => tokens + one.tokens_used, 0)
  const measured = sum(calls.filter(isMeasured))
  const room = total - sum(calls.filter((call) => !isMeasured(call)))
  if (measured === 0 || room <= 0) return null
  let seen = 0
  return calls.map((call) => {
    if (!isMeasured(call)) return call
    const before = Math.round((seen * room) / measured)
    seen += call.tokens_used
    const tokens = Math.round((seen * room) / measured) - before
    return { ...call, tokens_used: tokens, tokens_held: Math.max(1, tokens) }
  })
}

const isMeasured = ({ source, tokens_used }: DemoCall) => source !== 'fixed' && tokens_used > 0
