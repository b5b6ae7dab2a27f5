import { v7 } from 'uuid'
import { opens } from '../src/domain/billing/plans'
import { admitted, type DemoUse } from './admit'
import type { DemoCall } from './demo-call'
import { outcomeOf } from './outcome'
import type { DemoPeriod, DemoPerson } from './people'
import { playRole } from './play-role'
import type { Random } from './random'
import { currentOf } from './roles'
import { DAY_MS, DEMO_DAYS } from './time'
import { DEMO_TOOLS, type DemoTool } from './tools'

/** How busy each hour of a UTC day is. */
const HOURS = [1, 1, 1, 1, 2, 3, 5, 8, 12, 14, 13, 11, 9, 11, 14, 14, 12, 9, 7, 6, 5, 4, 2, 1]

/**
 * Everything that one person called in the three months before `now`; calls that their plan did not allow are refused.
 */
export function demoUse(person: DemoPerson, now: Date, random: Random): DemoUse {
  const since = now.getTime() - DEMO_DAYS * DAY_MS
  const use: DemoUse = { calls: [], refusals: [] }
  for (const period of person.periods) {
    const asked = askedFor(person, period, since, now, random)
    const { calls, refusals } =
      person.role && period === currentOf(person)
        ? playRole(person, asked, now)
        : admitted(asked, period.plan.tokenLimit)
    use.calls.push(...calls)
    use.refusals.push(...refusals)
  }
  return use
}

/** What this person would call in a period if everything were allowed. */
function askedFor(
  person: DemoPerson,
  period: DemoPeriod,
  since: number,
  now: Date,
  random: Random,
): DemoCall[] {
  const mean = (person.appetite * period.plan.tokenLimit) / (person.callsADay * 30)
  const tools = DEMO_TOOLS.filter((tool) => opens(period.plan.tier, tool))
  const weights = tools.map((tool) => tool.asked)
  return momentsOf(person, period, since, now, random).map((at) => {
    const tool = tools[random.weighted(weights)] as DemoTool
    const hoursAgo = (now.getTime() - at) / 3_600_000
    return callOf(person, period, tool, at, { mean, hoursAgo }, random)
  })
}

/** The moments of a period when this person calls, in order: more on weekdays, more each month. */
function momentsOf(
  person: DemoPerson,
  period: DemoPeriod,
  since: number,
  now: Date,
  random: Random,
): number[] {
  const from = Math.max(period.start.getTime(), since)
  const until = Math.min(period.end.getTime(), now.getTime())
  const moments: number[] = []
  for (let day = Math.floor(from / DAY_MS) * DAY_MS; day < until; day += DAY_MS) {
    const weekend = [0, 6].includes(new Date(day).getUTCDay())
    const grown = 0.65 + (0.55 * (day - since)) / (DEMO_DAYS * DAY_MS)
    const count = random.times(person.callsADay * grown * (weekend ? 0.35 : 1.2))
    for (let n = 0; n < count; n += 1) {
      const at = day + random.weighted(HOURS) * 3_600_000 + random.between(0, 3_599_999)
      if (at >= from && at < until - 60_000) moments.push(at)
    }
  }
  return moments.sort((a, b) => a - b)
}

/** The keys that are active at a moment. */
function keysAt({ keys, keyRevokedAt }: DemoPerson, at: number): string[] {
  return keyRevokedAt && at >= keyRevokedAt.getTime() ? keys.slice(0, 1) : keys
}

function callOf(
  person: DemoPerson,
  period: DemoPeriod,
  tool: DemoTool,
  at: number,
  { mean, hoursAgo }: { mean: number; hoursAgo: number },
  random: Random,
): DemoCall {
  const usual = Math.max(1, Math.round(mean * random.skewed(0.7)))
  const wanted = tool.metering.mode === 'fixed' ? tool.metering.tokens : usual
  const outcome = outcomeOf(tool, wanted, hoursAgo, random)
  const created = new Date(at).toISOString()
  const settled = new Date(at + outcome.duration_ms).toISOString()
  return {
    id: v7({ msecs: at, random: random.bytes(16), seq: random.between(0, 0x7fffffff) }),
    user_id: person.id,
    api_key_id: random.next() < 0.8 ? random.pick(keysAt(person, at)) : null,
    tool_id: tool.id,
    tool_name: tool.name,
    plan_id: period.plan.id,
    period_start: period.start.toISOString(),
    tokens_held: Math.max(wanted, outcome.tokens_used),
    request_id: v7({ msecs: at, random: random.bytes(16), seq: random.between(0, 0x7fffffff) }),
    ...outcome,
    created_at: created,
    updated_at: settled,
    settled_at: settled,
  }
}
