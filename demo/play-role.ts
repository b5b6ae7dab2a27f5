import { admitted, type DemoUse } from './admit'
import type { DemoCall } from './demo-call'
import type { DemoPerson } from './people'
import { pausedRefusal, refusalOf } from './refusals'
import { limitOf, PAUSED_MS } from './roles'

/** The last calls of whoever has spent everything are refused. */
const REFUSED_SHARE = 0.08

/**
 * What becomes of the calls of a current period that has a role: they add up to its share of the limit, what is asked
 * for after all is spent is refused, and so is what is asked for during a pause.
 */
export function playRole(person: DemoPerson, asked: DemoCall[], now: Date): DemoUse {
  const limit = limitOf(person)
  const { share = 0, paused } = person.role ?? {}
  const pausedSince = new Date(now.getTime() - PAUSED_MS).toISOString()
  const before = paused ? asked.filter(({ created_at }) => created_at < pausedSince) : asked
  const count = share < 1 ? before.length : before.length - Math.ceil(before.length * REFUSED_SHARE)
  const calls = addedUpTo(before.slice(0, count), Math.floor(limit * share))
  // Too few calls to make the sum of: what was asked for stands.
  if (!calls) return admitted(asked, limit)
  const refusals = before.slice(count).map((call) => refusalOf(call, limit, limit))
  return { calls, refusals: [...refusals, ...asked.slice(before.length).map(pausedRefusal)] }
}

/** The calls with counts that add up to `total`, each in the same proportion; fixed prices stay. Null: it cannot be. */
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
