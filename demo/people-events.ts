import { demoId } from '../src/platform/database/demo-mark'
import { type DemoEvent, made } from './entries'
import type { DemoPeriod, DemoPerson, DemoPlan } from './people'
import { currentOf } from './roles'
import type { DemoSession } from './write-people'

const MINUTE_MS = 60_000

/** The users' own actions: signed up, chose a plan, made keys, signed in, failed to sign in, upgraded, cancelled. */
export function peopleEvents(people: DemoPerson[], sessions: DemoSession[], now: Date): DemoEvent[] {
  return [
    ...people.flatMap((person, index) => [
      registered(person),
      ...choices(person, index, now),
      ...person.keys.map((id, nth) => keyMade(person, id, nth)),
      ...keyRevoked(person),
      ...failures(person, index, now),
    ]),
    ...sessions.flatMap((session) => signedIn(session, people)),
  ]
}

const onUser = ({ id, email }: DemoPerson) => ({ subject: 'users', subjectId: id, title: email })

function registered(person: DemoPerson): DemoEvent {
  const changes = made({ name: person.name, email: person.email, role: 'user' })
  const at = person.joinedAt
  return { at, who: null, via: 'nobody', action: 'create', ...onUser(person), note: 'Registered', changes }
}

const label = ({ title, id }: DemoPlan) => `${title} (${id})`

/** The plan that they started with, the plan that they changed to, and their decision about the next period. */
function choices(person: DemoPerson, index: number, now: Date): DemoEvent[] {
  const { joinedAt, periods, pendingPlan, status } = person
  const [first, second] = periods as [DemoPeriod, DemoPeriod?]
  const about = { who: person, via: 'session', subject: 'subscriptions', title: person.email } as const
  const subjectId = demoId('subscription', index)
  const begun = made({ user: person.id, status: 'active', plan: label(first.plan) })
  const { start, end } = currentOf(person)
  const decided = new Date((start.getTime() + Math.min(now.getTime(), end.getTime())) / 2)
  const change = (at: Date, changes: DemoEvent['changes']): DemoEvent => ({
    ...about,
    at,
    action: 'update',
    subjectId,
    changes: changes ?? {},
  })
  const before = new Date(joinedAt.getTime() + 3 * MINUTE_MS)
  return [
    { ...about, at: before, action: 'create', subjectId, changes: begun },
    ...(second && second.plan.id !== first.plan.id
      ? [change(second.start, { plan: { from: label(first.plan), to: label(second.plan) } })]
      : []),
    ...(pendingPlan ? [change(decided, { pendingPlan: { from: null, to: label(pendingPlan) } })] : []),
    ...(status === 'active' ? [] : [change(decided, { status: { from: 'active', to: 'cancelled' } })]),
  ]
}

function keyMade(person: DemoPerson, id: string, nth: number): DemoEvent {
  const name = nth === 0 ? 'Production' : 'Notebook'
  const at = new Date(person.joinedAt.getTime() + (5 + nth) * MINUTE_MS)
  const changes = made({ name, user: person.id, active: true })
  const about = { subject: 'api-keys', subjectId: id, title: name, changes }
  return { at, who: person, via: 'session', action: 'create', ...about }
}

function keyRevoked(person: DemoPerson): DemoEvent[] {
  const { keys, keyRevokedAt: at } = person
  if (!at) return []
  const about = { subject: 'api-keys', subjectId: keys[1] as string, title: 'Notebook' }
  const changes = { active: { from: true, to: false } }
  return [{ at, who: person, via: 'session', action: 'update', ...about, changes }]
}

/** As many failed sign-ins as their credential counts. */
function failures(person: DemoPerson, index: number, now: Date): DemoEvent[] {
  const count = index === 7 ? 5 : index % 11 === 2 ? 3 : 0
  // A lock is short: a locked user has just failed to sign in.
  const minutesAgo = index === 7 ? 6 : index * 7 + 40
  return Array.from({ length: count }, (_, nth) => ({
    at: new Date(now.getTime() - (minutesAgo - nth) * MINUTE_MS),
    who: null,
    via: 'nobody' as const,
    action: 'sign-in-failed' as const,
    ...onUser(person),
    note: 'Wrong password',
    address: `198.51.100.${20 + index}`,
  }))
}

function signedIn(session: DemoSession, people: DemoPerson[]): DemoEvent[] {
  const person = people.find(({ id }) => id === session.user_id)
  if (!person) return []
  const { created_at: at, address, user_agent: userAgent } = session
  const note = `Session ${session.id}`
  return [
    { at, who: person, via: 'password', action: 'sign-in', ...onUser(person), note, address, userAgent },
  ]
}
