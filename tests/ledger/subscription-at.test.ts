import { afterAll, beforeAll, expect, test } from '@jest/globals'
import { findPrincipal } from '../../src/domain/accounts/principal'
import { readPlanFill } from '../../src/domain/billing/plan-fill'
import { currentSubscription } from '../../src/domain/billing/subscriptions'
import type { Meter } from '../../src/domain/ledger/meter'
import { storeExpired } from '../../src/domain/ledger/upkeep'
import { dashboardFigures } from '../../src/domain/usage/statistics'
import { World } from './world'

/** Protects against readers that disagree about what a subscription is at a moment: its plan, period, counters, whether it runs. */
let world: World
let meter: Meter
let plans: Record<'pro' | 'free', string>
beforeAll(async () => {
  world = await World.open()
  meter = world.meter()
  plans = {
    pro: await world.plan({ name: 'pro', tier: 'pro', rank: 2, tokens: 1000 }),
    free: await world.plan({ name: 'free', rank: 1, tokens: 100 }),
  }
})
afterAll(() => world.close())

const START = '2026-01-31T00:00:00.000Z'
const END = '2026-02-28T00:00:00.000Z'
const BEFORE = '2026-02-27T23:59:59.999Z'
const inPeriod = { plan: 'pro', used: 900, held: 50, limit: 1007, start: START, end: END }
const next = { used: 0, held: 0, start: END, end: '2026-03-31T00:00:00.000Z' }

type Stored = { status?: string; pending?: boolean; end?: string }
type Seen = typeof inPeriod & { status: string; pending: string | null }
test.each<[string, Stored, string, Seen]>([
  ['in its period: as stored', {}, BEFORE, { ...inPeriod, status: 'active', pending: null }],
  ['with a pending plan', { pending: true }, BEFORE, { ...inPeriod, status: 'active', pending: 'free' }],
  ['cancelled', { status: 'cancelled' }, BEFORE, { ...inPeriod, status: 'cancelled', pending: null }],
  [
    'at its end: a new period',
    {},
    END,
    { ...next, plan: 'pro', limit: 1000, status: 'active', pending: null },
  ],
  [
    'at its end: the pending plan',
    { pending: true },
    END,
    { ...next, plan: 'free', limit: 100, status: 'active', pending: null },
  ],
  [
    'much later: by the anchor',
    { pending: true },
    '2026-05-30T12:00:00.000Z',
    {
      ...{ plan: 'free', used: 0, held: 0, limit: 100, status: 'active', pending: null },
      ...{ start: '2026-04-30T00:00:00.000Z', end: '2026-05-31T00:00:00.000Z' },
    },
  ],
  ['cancelled, at its end', { status: 'cancelled' }, END, { ...inPeriod, status: 'expired', pending: null }],
  ['expired', { status: 'expired' }, BEFORE, { ...inPeriod, status: 'expired', pending: null }],
  [
    'active, with an end that was edited: the same period',
    { pending: true, end: '2026-02-10T00:00:00.000Z' },
    BEFORE,
    { ...inPeriod, end: '2026-02-10T00:00:00.000Z', status: 'active', pending: 'free' },
  ],
])('%s', async (_, stored, at, expected) => {
  await world.pool.query('delete from subscriptions')
  const person = await world.subscriber(plans.pro, new Date(START))
  await world.pool.query(
    `update subscriptions set status = $2, pending_plan_id = $3, period_end = $4, tokens_used = 900, tokens_held = 50,
       extra_tokens = '{7}', extra_until = $5 where user_id = $1`,
    [
      person.userId,
      stored.status ?? 'active',
      stored.pending ? plans.free : null,
      stored.end ?? END,
      ['2026-07-01T00:00:00Z'],
    ],
  )
  const now = new Date(at)
  const isRunning = expected.status !== 'expired'
  expect(await currentSubscription(world.pool, person.userId, now)).toMatchObject({
    plan: expected.plan,
    status: expected.status,
    pending_plan: expected.pending,
    cancel_at_period_end: expected.status === 'cancelled',
    token_limit: expected.limit,
    tokens_used: expected.used,
    tokens_held: expected.held,
    period_start: expected.start,
    expires_at: expected.end,
  })

  const credential = { kind: 'api-key' as const, keyHash: person.keyHash }
  const tier = (await findPrincipal(world.pool, credential, now))?.tier
  expect(tier).toBe(isRunning ? expected.plan : null)

  const { subscriptionsByPlan } = await dashboardFigures(world.pool, now)
  const running = subscriptionsByPlan.filter(({ count }) => count > 0).map(({ plan }) => plan)
  expect(running).toEqual(isRunning ? [expected.plan] : [])

  const fill = (await readPlanFill(world.pool, now)).filter(({ users }) => users > 0)
  const { used, held, limit } = expected
  expect(fill.map(({ name, tokensHeld, above }) => [name, tokensHeld, above.most])).toEqual(
    isRunning ? [[expected.plan, held, used >= 0.8 * limit ? 1 : 0]] : [],
  )

  expect(await storeExpired(world.pool, now)).toBe(!isRunning && stored.status === 'cancelled' ? 1 : 0)

  const call = world.call(person, { tokens: 1, now })
  expect(await meter.admit(call)).toMatchObject(
    isRunning
      ? { admitted: true, plan: expected.plan, tokenLimit: limit }
      : { admitted: false, reason: 'no-subscription' },
  )
  expect(await world.balance(person)).toMatchObject({ used, held: isRunning ? held + 1 : held })
})
