import { periodAt } from '../../src/domain/billing/period'

/** The rules of subscriptions and the ledger in plain words, for one person and one call at a time. */
export const PLANS = {
  small: { rank: 1, tokens: 1000 },
  middle: { rank: 2, tokens: 2500 },
  big: { rank: 3, tokens: 5000 },
} as const
export type PlanName = keyof typeof PLANS

type Subscription = {
  plan: PlanName
  pending: PlanName | null
  status: 'active' | 'cancelled'
  anchor: Date
  start: Date
  end: Date
}
type Counters = { used: number; held: number; grants: Array<{ tokens: number; until: Date }> }
type Instance = { renewedAt: Date; alive: boolean }
type Call = {
  hold: number
  period: number
  instance: Instance
  deadline: Date
  status: 'pending' | 'success' | 'error' | 'timeout'
  /** Settled by the sweep: its own settlement may still come. */
  swept: boolean
  charged: number
}

const LEASE_MS = 15_000
const AFTER_DEADLINE_MS = 30_000

export class Model {
  subscription: Subscription | null = null
  readonly periods = new Map<number, Counters>()
  readonly calls: Call[] = []
  private instance: Instance

  constructor(public now: Date) {
    this.instance = { renewedAt: now, alive: true }
  }

  get pending(): Call[] {
    return this.calls.filter(({ status }) => status === 'pending')
  }

  get expired(): boolean {
    return this.subscription?.status === 'cancelled' && this.now >= this.subscription.end
  }

  /** An active subscription whose period is over is in a new one, on its pending plan. */
  roll(): void {
    const sub = this.subscription
    if (sub?.status !== 'active' || this.now < sub.end) return
    this.begin({ ...sub, plan: sub.pending ?? sub.plan, pending: null, ...periodAt(sub.anchor, this.now) })
  }

  private begin(subscription: Subscription): void {
    this.subscription = subscription
    this.periods.set(subscription.start.getTime(), { used: 0, held: 0, grants: [] })
  }

  subscribe(plan: PlanName): void {
    this.roll()
    const sub = this.subscription
    if (!sub || this.expired) {
      const period = periodAt(this.now, this.now)
      this.begin({ plan, pending: null, status: 'active', anchor: this.now, ...period })
      return
    }
    sub.status = 'active'
    sub.pending = PLANS[plan].rank < PLANS[sub.plan].rank ? plan : null
    if (PLANS[plan].rank > PLANS[sub.plan].rank) sub.plan = plan
  }

  cancel(): void {
    this.roll()
    if (!this.subscription || this.expired) return
    this.subscription.status = 'cancelled'
    this.subscription.pending = null
  }

  /** What admission should say: the reason of a refusal, or the tokens held. */
  admit(tokens: number, mode: 'exact' | 'up-to', deadlineMs: number): string | number {
    this.roll()
    const counters = this.counters
    if (!this.subscription || this.expired || !counters) return 'no-subscription'
    const limit = this.limit
    const free = limit - counters.used - counters.held
    const hold = mode === 'exact' ? tokens : Math.max(1, Math.min(tokens, free))
    if (counters.used >= limit) return 'spent'
    if (mode === 'exact' && tokens > limit - counters.used) return 'too-large'
    if (hold > free) return 'held'
    counters.held += hold
    this.calls.push({
      hold,
      period: this.subscription.start.getTime(),
      instance: this.instance,
      deadline: new Date(this.now.getTime() + deadlineMs),
      status: 'pending',
      swept: false,
      charged: 0,
    })
    return hold
  }

  /** What the plan allows, and what was given beside it and still counts. */
  get limit(): number {
    const grants = this.counters?.grants.filter(({ until }) => until > this.now) ?? []
    const plan = this.subscription ? PLANS[this.subscription.plan].tokens : 0
    return grants.reduce((sum, { tokens }) => sum + tokens, plan)
  }

  /** An admin gives tokens beside the plan's, for so many hours, at most until the period ends; false where none runs. */
  grant(tokens: number, hours: number): Date | null {
    this.roll()
    if (!this.subscription || this.expired) return null
    const until = new Date(Math.min(this.now.getTime() + hours * 3_600_000, this.subscription.end.getTime()))
    this.counters?.grants.push({ tokens, until })
    return until
  }

  get counters(): Counters | undefined {
    return this.subscription ? this.periods.get(this.subscription.start.getTime()) : undefined
  }

  /** A call's own end, also after the sweep; a second one changes nothing. */
  settle(index: number, status: 'success' | 'error' | 'timeout', tokens: number): void {
    const call = this.calls[index]
    if (call && (call.status === 'pending' || call.swept)) this.end(call, status, tokens)
  }

  /** What an admin sets a call to; false for one that is still under way, or has that charge already. A swept one is the admin's from then on. */
  correct(index: number, tokens: number): boolean {
    const call = this.calls[index] as Call
    if (call.status === 'pending' || (call.charged === tokens && !call.swept)) return false
    this.end(call, call.status, tokens)
    return true
  }

  private end(call: Call, status: Call['status'], tokens: number): void {
    const counters = this.periods.get(call.period) as Counters
    if (call.status === 'pending') counters.held -= call.hold
    counters.used += tokens - call.charged
    Object.assign(call, { status, charged: tokens, swept: false })
  }

  /** Time passes for a hub that lives: its lease is renewed all along. */
  wait(until: Date): void {
    this.now = until
    this.instance.renewedAt = until
  }

  /** The hub dies, nothing happens for a while, another one starts. */
  crash(downMs: number): void {
    this.instance.alive = false
    this.now = new Date(this.now.getTime() + downMs)
    this.instance = { renewedAt: this.now, alive: true }
  }

  /** When the sweep settles a call that does not end by itself: past its lease where its hub is dead, or its deadline. */
  fallsAt({ instance, deadline }: Call): Date {
    const byDeadline = deadline.getTime() + AFTER_DEADLINE_MS
    const byLease = instance.alive ? byDeadline : instance.renewedAt.getTime() + LEASE_MS
    return new Date(Math.min(byDeadline, byLease) + 1)
  }

  sweep(): void {
    for (const call of this.pending) {
      if (this.fallsAt(call) > this.now) continue
      this.end(call, 'error', 0)
      call.swept = true
    }
  }
}
