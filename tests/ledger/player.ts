import { randomUUID } from 'node:crypto'
import { expect } from '@jest/globals'
import { grantTokens } from '../../src/domain/billing/grants'
import { rollSubscription } from '../../src/domain/billing/roll'
import { currentSubscription } from '../../src/domain/billing/subscriptions'
import { correctUsage } from '../../src/domain/ledger/correct'
import { endLease, renewLease } from '../../src/domain/ledger/lease'
import type { Meter } from '../../src/domain/ledger/meter'
import { sweep } from '../../src/domain/ledger/sweep'
import { inTransaction } from '../../src/platform/database/sql'
import { cancelSubscription, subscribe } from '../support/subscribe'
import type { Step } from './history'
import { Model } from './model'
import { type Person, success, type World } from './world'

const FIRST = { deadlines: true, strangers: true }
const ENDS = {
  succeed: { status: 'success' },
  fail: { status: 'error', errorCode: 'TOOL_UNAVAILABLE' },
  'time out': { status: 'timeout', errorCode: 'TOOL_TIMEOUT' },
} as const

/** Plays a history on the ledger and on the model, for one person and one hub at a time; they must agree throughout. */
export class Player {
  private readonly ids: string[] = []
  private constructor(
    private readonly world: World,
    private readonly person: Person,
    private readonly model: Model,
    private meter: Meter,
  ) {}

  static async begin(world: World, now: Date): Promise<Player> {
    const player = new Player(world, await world.person(), new Model(now), world.nextMeter())
    await renewLease(world.pool, player.meter.instanceId, now)
    return player
  }

  async play(step: Step): Promise<void> {
    await this.take(step)
    await this.compare()
  }

  /** The hub dies with whatever is under way; a minute later another one has put it all in order. */
  async end(): Promise<void> {
    await this.play({ do: 'crash', downSeconds: 60 })
    expect(this.model.pending).toEqual([])
    const rows = await this.world.pool.query(
      'select status, tokens_used::int as tokens from usage_logs where user_id = $1 order by id',
      [this.person.userId],
    )
    const calls = this.model.calls.map(({ status, charged }) => ({ status, tokens: charged }))
    const byFigures = (a: object, b: object) => JSON.stringify(a).localeCompare(JSON.stringify(b))
    expect(rows.rows.sort(byFigures)).toEqual(calls.sort(byFigures))
    await this.close()
  }

  /** Also after a failure: the next history starts with no hub. */
  async close(): Promise<void> {
    await endLease(this.world.pool, this.meter.instanceId)
    await this.meter.close()
  }

  private async take(step: Step): Promise<void> {
    const { model, person } = this
    const { pool } = this.world
    switch (step.do) {
      case 'subscribe':
        model.subscribe(step.plan)
        await subscribe(pool, person.userId, step.plan, model.now)
        return
      case 'cancel':
        model.cancel()
        await cancelSubscription(pool, person.userId, model.now)
        return
      case 'grant':
        return this.grant(step.tokens, step.hours + 1)
      case 'wait':
        return this.wait(new Date(model.now.getTime() + step.seconds * 1000))
      case 'invoke':
        return this.invoke(step)
      case 'crash':
        return this.crash(step.downSeconds)
      case 'sweep':
        model.sweep()
        await sweep(pool, this.meter.settle, model.now)
        return
      default:
        if (this.ids.length > 0) await this.finish(step, step.call % this.ids.length)
    }
  }

  private async grant(tokens: number, hours: number): Promise<void> {
    const { model, person } = this
    if ((model.counters?.grants.length ?? 0) >= 20) return
    const expiresAt = model.grant(tokens, hours)
    await inTransaction(this.world.pool, async (sql) => {
      const row = await rollSubscription(sql, person.userId, model.now)
      if (!row || !expiresAt) return
      const request = {
        tokens,
        reason: 'A test.',
        expiresAt,
        adminId: person.userId,
        requestId: randomUUID(),
      }
      expect(await grantTokens(sql, row, request)).toBe(true)
    })
  }

  /** A living hub sweeps all the time: it is enough to do it when something falls due. */
  private async wait(until: Date): Promise<void> {
    const { model } = this
    const due = model.pending.map((call) => model.fallsAt(call)).filter((at) => at > model.now && at < until)
    for (const at of [...due.sort((a, b) => a.getTime() - b.getTime()), until]) {
      model.wait(at)
      await renewLease(this.world.pool, this.meter.instanceId, at)
      model.sweep()
      await sweep(this.world.pool, this.meter.settle, at)
    }
  }

  private async crash(downSeconds: number): Promise<void> {
    await this.meter.close()
    this.model.crash(downSeconds * 1000)
    this.meter = this.world.nextMeter()
    await renewLease(this.world.pool, this.meter.instanceId, this.model.now)
    this.model.sweep()
    await sweep(this.world.pool, this.meter.settle, this.model.now, FIRST)
  }

  private async invoke({ tokens, mode, seconds }: Extract<Step, { do: 'invoke' }>): Promise<void> {
    const deadlineMs = seconds * 1000
    const call = this.world.call(this.person, { tokens, mode, deadlineMs, now: this.model.now })
    const answer = await this.meter.admit(call)
    const said = answer.admitted ? answer.tokensHeld : answer.reason
    expect(said).toBe(this.model.admit(tokens, mode, deadlineMs))
    if (answer.admitted) this.ids.push(call.usageId)
  }

  private async finish(step: Extract<Step, { call: number }>, index: number): Promise<void> {
    const { model, person } = this
    const usageId = this.ids[index] as string
    const tokens = 'tokens' in step ? step.tokens : 0
    if (step.do === 'correct') {
      const { userId: adminId } = person
      const request = { usageId, adminId, requestId: randomUUID(), tokens, reason: 'A test.', now: model.now }
      const corrected = correctUsage(this.world.pool, request)
      if (model.correct(index, tokens)) await corrected
      else await expect(corrected).rejects.toMatchObject({ code: 'CONFLICT' })
      return
    }
    const end = ENDS[step.do]
    model.settle(index, end.status, tokens)
    await this.meter.settle({ ...success(person, usageId, tokens, model.now), ...end })
  }

  private async compare(): Promise<void> {
    const { model } = this
    const seen = await currentSubscription(this.world.pool, this.person.userId, model.now)
    const view = new Model(model.now)
    view.subscription = model.subscription && { ...model.subscription }
    for (const [start, counters] of model.periods) view.periods.set(start, counters)
    view.roll()
    expect(seen).toMatchObject({
      plan: view.subscription?.plan,
      pending_plan: view.subscription?.pending,
      status: view.expired ? 'expired' : view.subscription?.status,
      period_start: view.subscription?.start.toISOString(),
      expires_at: view.subscription?.end.toISOString(),
      token_limit: view.subscription ? view.limit : undefined,
      tokens_used: view.counters?.used,
      tokens_held: view.counters?.held,
    })
    expect((await this.world.balance(this.person)).flying).toBe(model.pending.length)
  }
}
