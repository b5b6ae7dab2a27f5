import { describe, expect, test } from '@jest/globals'
import fc from 'fast-check'
import { periodAt } from '../../src/domain/billing/period'
import { decidePlanChange } from '../../src/domain/billing/plan-change'
import { opens, TIERS } from '../../src/domain/billing/plans'
import { type SubscriptionRow, toApiSubscription } from '../../src/domain/billing/subscription-row'

const date = (text: string) => new Date(`${text}Z`)

describe('a billing period', () => {
  test.each([
    // A 31st keeps its day where the month has it, and comes back to it.
    ['2026-01-31T10:00:00', '2026-01-31T10:00:00', '2026-01-31T10:00:00', '2026-02-28T10:00:00'],
    ['2026-01-31T10:00:00', '2026-02-28T10:00:00', '2026-02-28T10:00:00', '2026-03-31T10:00:00'],
    ['2026-01-31T10:00:00', '2026-04-30T09:59:59', '2026-03-31T10:00:00', '2026-04-30T10:00:00'],
    ['2023-12-31T00:00:00', '2024-02-29T00:00:00', '2024-02-29T00:00:00', '2024-03-31T00:00:00'],
    ['2026-11-15T23:59:59', '2027-01-01T00:00:00', '2026-12-15T23:59:59', '2027-01-15T23:59:59'],
  ])('from %s, at %s', (anchor, at, start, end) => {
    expect(periodAt(date(anchor), date(at))).toEqual({ start: date(start), end: date(end) })
  })

  test('holds its moment, and the next begins where it ends', () => {
    const moments = fc.date({
      min: date('1990-01-01T00:00:00'),
      max: date('2090-01-01T00:00:00'),
      noInvalidDate: true,
    })
    fc.assert(
      fc.property(moments, fc.nat(20 * 366 * 86_400), (anchor, seconds) => {
        const at = new Date(anchor.getTime() + seconds * 1000)
        const { start, end } = periodAt(anchor, at)
        expect(start <= at && at < end).toBe(true)
        expect(periodAt(anchor, end).start).toEqual(end)
        expect(periodAt(anchor, new Date(end.getTime() - 1)).start).toEqual(start)
      }),
    )
  })
})

describe('a plan', () => {
  test('opens the tools of its tier and below; no plan opens nothing', () => {
    for (const [has, tier] of TIERS.entries()) {
      for (const [needs, minimumTier] of TIERS.entries())
        expect(opens(tier, { minimumTier })).toBe(has >= needs)
    }
    expect(opens(null, { minimumTier: 'free' })).toBe(false)
    expect(opens('pro', { minimumTier: 'unheard-of' })).toBe(false)
  })
})

describe('choosing a plan', () => {
  const pro = { id: 'pro', rank: 2, selfService: true }
  const current = (status: 'active' | 'cancelled' | 'expired', planId: string, rank: number) => ({
    status,
    planId,
    rank,
  })
  test.each([
    ['start', null, pro],
    ['start', current('expired', 'pro', 2), pro],
    ['keep', current('active', 'pro', 2), pro],
    ['keep', current('cancelled', 'pro', 2), pro],
    ['upgrade', current('active', 'free', 1), pro],
    ['upgrade', current('cancelled', 'free', 1), pro],
    ['downgrade-at-period-end', current('active', 'max', 3), pro],
    ['not-offered', null, { ...pro, selfService: false }],
    ['not-offered', current('active', 'free', 1), { ...pro, selfService: false }],
    // A plan that an admin gave may be kept, and its cancellation taken back.
    ['keep', current('cancelled', 'pro', 2), { ...pro, selfService: false }],
    ['not-offered', current('expired', 'pro', 2), { ...pro, selfService: false }],
    // A price that nobody can pay: what runs goes on, nothing begins or is prolonged.
    ['not-offered', null, { ...pro, isClosed: true }],
    ['not-offered', current('active', 'free', 1), { ...pro, isClosed: true }],
    ['not-offered', current('active', 'max', 3), { ...pro, isClosed: true }],
    ['not-offered', current('expired', 'pro', 2), { ...pro, isClosed: true }],
    ['not-offered', current('cancelled', 'pro', 2), { ...pro, isClosed: true }],
    ['not-offered', { ...current('active', 'pro', 2), isPending: true }, { ...pro, isClosed: true }],
    ['keep', current('active', 'pro', 2), { ...pro, isClosed: true }],
    ['keep', { ...current('active', 'pro', 2), isPending: true }, pro],
  ] as const)('%s', (change, now, wanted) => expect(decidePlanChange(now, wanted, 'user')).toBe(change))

  test('an admin may give any plan', () => {
    expect(decidePlanChange(null, { ...pro, selfService: false }, 'admin')).toBe('start')
    expect(decidePlanChange(current('cancelled', 'pro', 2), { ...pro, isClosed: true }, 'admin')).toBe('keep')
  })
})

describe('a subscription', () => {
  const row: SubscriptionRow = {
    id: 's',
    userId: 'u',
    status: 'active',
    startedAt: date('2026-01-31T00:00:00'),
    periodStart: date('2026-01-31T00:00:00'),
    periodEnd: date('2026-02-28T00:00:00'),
    tokensUsed: 900,
    extraTokens: 0,
    pausedAt: null,
    tokensHeld: 50,
    plan: { id: 'pro', name: 'pro', rank: 2, tokenLimit: 1000 },
    pendingPlan: { id: 'free', name: 'free', rank: 1, tokenLimit: 100 },
    at: date('2026-02-27T23:59:59'),
    rolls: false,
  }

  test('is shown with what remains, and when it ends', () => {
    expect(toApiSubscription(row)).toMatchObject({
      plan: 'pro',
      status: 'active',
      tokens_remaining: 50,
      pending_plan: 'free',
      expires_at: '2026-02-28T00:00:00.000Z',
    })
  })
})
