import { v7 } from 'uuid'
import { DEMO_DOMAIN, demoId } from '../src/platform/database/demo-mark'
import type { DemoCall } from './demo-call'
import type { DemoPerson } from './people'
import type { Random } from './random'
import { currentOf, extraOf } from './roles'
import { DAY_MS } from './time'

/**
 * The admin who did the demo's admin actions. This account does not exist: an account that could sign in, or that
 * counted as an admin, would be more than data.
 */
export const DEMO_ADMIN = { id: demoId('user', 0xad), email: `ops@${DEMO_DOMAIN}` }

const GRANTED_REASON = 'A launch in this week (demo)'
/** The share of the plan's tokens that was used when the user asked for more. */
const ASKED_AT_SHARE = 0.97

/** A grant of extra tokens, as `token_grants` keeps it. */
export type DemoGrant = {
  id: string
  user_id: string
  period_start: Date
  tokens: number
  reason: string
  expires_at: Date
  admin_id: string
  request_id: string
  created_at: Date
}

/** The grants of users whose limit was raised, dated by the calls that they made. */
export function demoGrants(people: DemoPerson[], calls: DemoCall[], random: Random): DemoGrant[] {
  return people.flatMap((person) => {
    const tokens = extraOf(person)
    if (tokens === 0) return []
    const { start, end, plan } = currentOf(person)
    const own = callsOf(calls, person.id, start)
    const at = whenUsed(own, plan.tokenLimit * ASKED_AT_SHARE) ?? new Date(start.getTime() + DAY_MS)
    const id = () => v7({ msecs: at.getTime(), random: random.bytes(16), seq: 0 })
    return {
      id: id(),
      user_id: person.id,
      period_start: start,
      tokens,
      reason: GRANTED_REASON,
      expires_at: end,
      admin_id: DEMO_ADMIN.id,
      request_id: id(),
      created_at: at,
    }
  })
}

/** The calls of a person's period, in order. */
export function callsOf(calls: DemoCall[], userId: string, periodStart: Date): DemoCall[] {
  const start = periodStart.toISOString()
  return calls.filter((call) => call.user_id === userId && call.period_start === start)
}

/** When this many tokens had been used; null if they never were. */
export function whenUsed(calls: DemoCall[], tokens: number): Date | null {
  let used = 0
  for (const call of calls) {
    used += call.tokens_used
    if (used >= tokens) return new Date(call.settled_at)
  }
  return null
}
