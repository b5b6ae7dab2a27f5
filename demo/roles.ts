import type { DemoPeriod, DemoPerson, DemoPlan, DemoRole } from './people'
import { DAY_MS } from './time'

/** The index of the plan, lowest first, and the role. */
const ROLES: Array<[level: number, role: DemoRole]> = [
  [0, { share: 1 }],
  [1, { share: 1 }],
  [1, { share: 0.93, grantedShare: 0.25 }],
  [0, { share: 0.84 }],
  [1, { share: 0.82 }],
  [0, { share: 0.91 }],
  [1, { share: 0.97 }],
  [2, { share: 0.88 }],
  [1, { share: 0.42, paused: true }],
]

/** How long the pause has lasted, and why. */
export const PAUSED_MS = 2 * DAY_MS
export const PAUSED_REASON = 'Many calls from an address that nobody knows (demo)'
const DAYS_SO_FAR = 9

/** Gives each role to the next one on its plan whose current period is old enough for it. */
export function giveRoles(people: DemoPerson[], plans: DemoPlan[], now: Date): void {
  for (const [level, role] of ROLES) {
    const one = people.find((person) => isFree(person, now) && currentOf(person).plan.id === plans[level]?.id)
    if (one) one.role = role
  }
}

/** The last period; for a subscriber it is the current one. */
export const currentOf = ({ periods }: DemoPerson): DemoPeriod => periods.at(-1) as DemoPeriod

/** The tokens that may be used in the current period. */
export const limitOf = (person: DemoPerson): number => currentOf(person).plan.tokenLimit + extraOf(person)

/** The extra tokens that an admin granted. */
export const extraOf = (person: DemoPerson): number =>
  Math.round(currentOf(person).plan.tokenLimit * (person.role?.grantedShare ?? 0))

function isFree(person: DemoPerson, now: Date): boolean {
  const { status, pendingPlan, periods, role } = person
  const soFar = now.getTime() - currentOf(person).start.getTime()
  return (
    role === null &&
    status === 'active' &&
    pendingPlan === null &&
    periods.length > 1 &&
    soFar > DAYS_SO_FAR * DAY_MS
  )
}
