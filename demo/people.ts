import { type Period, periodAt } from '../src/domain/billing/period'
import { DEMO_DOMAIN, demoId } from '../src/platform/database/demo-mark'
import type { Random } from './random'
import { DAY_MS } from './time'

/** The hub's plans that the demo uses, lowest first, with the limits that the hub's admins set. */
export type DemoPlan = { id: string; tier: string; title: string; tokenLimit: number }

/** A period of a person, with its plan; the last period is the current one. */
export type DemoPeriod = Period & { plan: DemoPlan }

export type DemoPerson = {
  id: string
  name: string
  email: string
  joinedAt: Date
  periods: DemoPeriod[]
  /** The plan of the next period, for a person who chose a lower plan. */
  pendingPlan: DemoPlan | null
  status: 'active' | 'cancelled' | 'expired'
  callsADay: number
  /** The share of the limit that they want to use in a period; above 1, calls are refused. */
  appetite: number
  keys: string[]
  /** Since when the second key is switched off; null if it is active or does not exist. */
  keyRevokedAt: Date | null
  /** The state that their current period shows; only a few have one. */
  role: DemoRole | null
}

const FIRST = ['Ada', 'Ben', 'Chiara', 'Dmitri', 'Elif', 'Femi', 'Grete', 'Hana', 'Ines', 'Jonas']
const LAST = ['Alder', 'Bianchi', 'Costa', 'Dupont', 'Eriksen']
/** How many of the fifty are on the lowest plan, on the middle one, and on the highest. */
const ON_PLAN = [27, 16, 7]
const CALLS_A_DAY = [
  [1, 5],
  [5, 16],
  [22, 50],
] as const

/** Fifty people who joined over the last four months, on the three plans. */
export function demoPeople(plans: DemoPlan[], now: Date, random: Random): DemoPerson[] {
  return Array.from({ length: 50 }, (_, index) => person(index, plans, now, random))
}

function person(index: number, plans: DemoPlan[], now: Date, random: Random): DemoPerson {
  const name = `${FIRST[index % 10]} ${LAST[Math.floor(index / 10)]}`
  const level = levelOf(index)
  const [fewest, most] = CALLS_A_DAY[level] as readonly [number, number]
  // The first moment of the day: minutes and seconds that look real, but are the same each time.
  const joinedAt = new Date(now.getTime() - random.between(12, 118) * DAY_MS - random.between(0, DAY_MS - 1))
  const left = index % 17 === 9
  const end = left ? new Date(Math.max(joinedAt.getTime(), now.getTime() - 40 * DAY_MS)) : now
  const periods = periodsOf(joinedAt, end, plans, level, index % 6 === 4)
  const isOver = (periods.at(-1) as DemoPeriod).end <= now
  const callsADay = random.between(fewest * 10, most * 10) / 10
  const appetite = 0.15 + random.next() * (index % 4 === 0 ? 1.25 : 0.75)
  const keys = Array.from({ length: random.between(1, 2) }, (_, key) => demoId('key', index * 10 + key))
  return {
    id: demoId('user', index),
    name,
    email: `${name.toLowerCase().replace(' ', '.')}@${DEMO_DOMAIN}`,
    joinedAt,
    periods,
    pendingPlan: level === 1 && index % 8 === 5 ? (plans[0] as DemoPlan) : null,
    status: isOver ? 'expired' : left || index % 19 === 3 ? 'cancelled' : 'active',
    callsADay,
    appetite,
    keys,
    keyRevokedAt:
      keys.length > 1 && index % 3 === 2 ? new Date((joinedAt.getTime() + now.getTime()) / 2) : null,
    role: null,
  }
}

function levelOf(index: number): number {
  // The step shares no factor with fifty, so names are spread over the plans.
  const place = (index * 7) % 50
  if (place < (ON_PLAN[0] as number)) return 0
  return place < (ON_PLAN[0] as number) + (ON_PLAN[1] as number) ? 1 : 2
}

/** A period for each month since they joined. People who upgraded did so when their first period ended. */
function periodsOf(
  joinedAt: Date,
  end: Date,
  plans: DemoPlan[],
  level: number,
  movedUp: boolean,
): DemoPeriod[] {
  const periods: DemoPeriod[] = []
  for (let at = joinedAt; at <= end; at = (periods.at(-1) as DemoPeriod).end) {
    const was = movedUp && periods.length === 0 ? Math.max(0, level - 1) : level
    periods.push({ ...periodAt(joinedAt, at), plan: plans[was] as DemoPlan })
  }
  return periods
}

/**
 * The state of a person's current period: `share` of its limit is used. With `grantedShare` an admin raised the limit
 * by that share of the plan's limit. A paused person made calls until the pause.
 */
export type DemoRole = { share: number; grantedShare?: number; paused?: true }
