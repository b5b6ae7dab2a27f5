import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals'
import { watchLedger } from '../../src/domain/alerts/watch-ledger'
import { watchReports } from '../../src/domain/alerts/watch-reports'
import { watchTools } from '../../src/domain/alerts/watch-tools'
import { watchUsage } from '../../src/domain/alerts/watch-usage'
import type { Meter } from '../../src/domain/ledger/meter'
import { Breaker, FAILURES_TO_OPEN } from '../../src/domain/tools/breaker'
import { breakerOf, openBreakers, setApart } from '../../src/domain/tools/breakers'
import { noteExcessiveReport, takeExcessiveReports } from '../../src/domain/tools/excessive-reports'
import { type Person, success, World } from '../ledger/world'
import { queuedMails } from '../support/outbox'
import { aTool } from '../tools/fixture'
import { alertsOf, roomOf, tell } from './setup'

let world: World
let meter: Meter
beforeAll(async () => {
  world = await World.open()
  meter = world.meter()
})
afterAll(() => world.close())
beforeEach(() => tell(world, ['ops@hub.test', 'cto@hub.test'], 'http://127.0.0.1:9/hook'))

async function use(person: Person, tokens: number): Promise<void> {
  const call = world.call(person, { tokens: 1 })
  expect((await meter.admit(call)).admitted).toBe(true)
  await meter.settle(success(person, call.usageId, tokens))
}
const emailOf = async ({ userId }: Person) =>
  (await world.one<{ email: string }>('select email from users where id = $1', [userId])).email
const of = (person: Person) => alertsOf(world, `usage-%:${person.userId}`)

describe('a user at 80 and 100 % of the limit', () => {
  test('is told once each, and so are the admins; below, and at the next looks, nobody is', async () => {
    const person = await world.subscriber({ tokens: 1_000 })
    const email = await emailOf(person)
    await use(person, 799)
    await watchUsage(roomOf(world))
    expect(await of(person)).toEqual([])
    await use(person, 1)
    for (let look = 0; look < 3; look += 1) await watchUsage(roomOf(world))
    expect(await of(person)).toEqual([
      {
        kind: 'usage-80',
        state: 'waiting',
        title: `${email} has used 80 % of the tokens of the period`,
        told: ['mail cto@hub.test', `mail ${email}`, 'mail ops@hub.test', 'webhook webhook'].sort(),
      },
    ])
    await use(person, 250)
    for (let look = 0; look < 3; look += 1) await watchUsage(roomOf(world))
    expect((await of(person)).map(({ kind }) => kind)).toEqual(['usage-80', 'usage-100'])
    const mails = (await queuedMails(world.pool, email)).reverse()
    expect(mails.map(({ subject }) => subject)).toEqual([
      'You have used 80 % of your tokens at Joyfull UI Hub',
      'Your tokens at Joyfull UI Hub are used up',
    ])
    expect(mails[1]?.text).toContain('of the 1,000 tokens of this period you have used 1,050')
  })

  test('counts extra tokens as part of the limit, for as long as they last', async () => {
    const person = await world.subscriber({ tokens: 100 })
    await world.pool.query(
      `update subscriptions set extra_tokens = '{100}', extra_until = array[now() + interval '1 day']
       where user_id = $1`,
      [person.userId],
    )
    await use(person, 120)
    await watchUsage(roomOf(world))
    expect(await of(person)).toEqual([])
    await use(person, 45)
    await watchUsage(roomOf(world))
    expect((await of(person)).map(({ kind }) => kind)).toEqual(['usage-80'])
  })

  test('is told anew in the next period', async () => {
    const long = 40 * 86_400_000
    const person = await world.subscriber({ tokens: 100 }, new Date(Date.now() - 10 * 86_400_000))
    await use(person, 90)
    await watchUsage(roomOf(world))
    const later = new Date(Date.now() + long)
    const call = world.call(person, { tokens: 1, now: later })
    expect((await meter.admit(call)).admitted).toBe(true)
    await meter.settle(success(person, call.usageId, 95, later))
    await world.pool.query('update alert_watch set looked_until = $1, looked_deep_at = $1', [later])
    await watchUsage(roomOf(world), new Date(later.getTime() + 1_000))
    await world.pool.query('update alert_watch set looked_until = now(), looked_deep_at = now()')
    expect((await of(person)).map(({ kind }) => kind)).toEqual(['usage-80', 'usage-80'])
  })

  test('several instances at once raise one alert', async () => {
    const person = await world.subscriber({ tokens: 100 })
    await use(person, 85)
    await Promise.all(Array.from({ length: 6 }, () => watchUsage(roomOf(world))))
    await watchUsage(roomOf(world))
    expect(await of(person)).toHaveLength(1)
  })

  test('what was used while no instance looked is found by the first look after', async () => {
    await watchUsage(roomOf(world))
    await world.pool.query(`update alert_watch set looked_until = now() - interval '2 days'`)
    const person = await world.subscriber({ tokens: 100 }, new Date(Date.now() - 5 * 86_400_000))
    const yesterday = new Date(Date.now() - 86_400_000)
    const call = world.call(person, { tokens: 1, now: yesterday })
    await meter.admit(call)
    await meter.settle(success(person, call.usageId, 90, yesterday))
    await watchUsage(roomOf(world))
    expect(await of(person)).toHaveLength(1)
  })

  test('a call that settled long after its admission is found by the deep look', async () => {
    await watchUsage(roomOf(world))
    const person = await world.subscriber({ tokens: 100 }, new Date(Date.now() - 5 * 86_400_000))
    const admitted = new Date(Date.now() - 9 * 60_000)
    const call = world.call(person, { tokens: 1, now: admitted })
    await meter.admit(call)
    await meter.settle(success(person, call.usageId, 90))
    await watchUsage(roomOf(world))
    expect(await of(person)).toEqual([])
    await watchUsage(roomOf(world), new Date(Date.now() + 11 * 60_000))
    expect(await of(person)).toHaveLength(1)
    await world.pool.query('update alert_watch set looked_until = now(), looked_deep_at = now()')
  })

  test('a look that cannot be committed raises nothing, and the next one does', async () => {
    const person = await world.subscriber({ tokens: 100 })
    await use(person, 85)
    await world.pool.query('alter table mail_outbox rename to mail_outbox_away')
    await expect(watchUsage(roomOf(world))).rejects.toThrow()
    await world.pool.query('alter table mail_outbox_away rename to mail_outbox')
    expect(await of(person)).toEqual([])
    await watchUsage(roomOf(world))
    expect(await of(person)).toHaveLength(1)
  })
})

describe('a tool that is down', () => {
  test('is known by the breakers of this process', () => {
    const tool = aTool()
    const breaker = breakerOf(tool)
    const all = { generation: 0, isTrial: false, enteredAt: 0 }
    expect(openBreakers()).not.toContainEqual({ toolId: tool.id, upstream: null })
    for (let n = 0; n < FAILURES_TO_OPEN; n += 1) breaker.report({ caller: 'u', all, own: null }, 'down')
    expect(openBreakers()).toContainEqual({ toolId: tool.id, upstream: null })
    expect(new Breaker().isOpen).toBe(false)
  })

  test('is told of once for each failure, whichever instances see it', async () => {
    const open = [{ toolId: world.toolId, upstream: null }]
    const start = Date.now()
    const minute = (n: number) => new Date(start + n * 60_000)
    await Promise.all([1, 2, 3].map(() => watchTools(roomOf(world), open, minute(0))))
    for (const n of [1, 10, 20, 30]) await watchTools(roomOf(world), open, minute(n))
    expect(await alertsOf(world, 'tool-failing')).toEqual([
      {
        kind: 'tool-failing',
        state: 'waiting',
        title: 'The tool Echo is failing and is not called for now',
        told: ['mail cto@hub.test', 'mail ops@hub.test', 'webhook webhook'],
      },
    ])
    await watchTools(roomOf(world), open, minute(60))
    expect(await alertsOf(world, 'tool-failing')).toHaveLength(2)
    expect(await watchTools(roomOf(world), [{ toolId: world.toolId, upstream: 'second' }], minute(60))).toBe(
      1,
    )
  })
})

describe('a ledger that drifts', () => {
  const check = (askedBy: string, drifts: number) =>
    world.pool.query(
      `insert into ledger_checks (id, at, asked_by, users, periods, drifts, drift_count, stray_rows, took_ms)
       values (gen_random_uuid(), now(), $1, 3, 3, '[]', $2, 0, 1)`,
      [askedBy, drifts],
    )

  test('is told of once for each nightly check that found something', async () => {
    await check('timer', 0)
    await check('admin', 5)
    expect(await watchLedger(roomOf(world))).toBe(0)
    await check('timer', 2)
    const looks = await Promise.all([1, 2, 3].map(() => watchLedger(roomOf(world))))
    expect(looks.reduce((sum, raised) => sum + raised, 0)).toBe(1)
    expect((await alertsOf(world, 'ledger-drift')).map(({ title }) => title)).toEqual([
      'The nightly ledger check found 2 drifts and 0 stray rows',
    ])
  })
})

test('with neither an address nor a webhook an alert stands in the panel alone', async () => {
  await tell(world, [], null)
  await watchTools(roomOf(world), [{ toolId: world.toolId, upstream: 'lonely' }])
  const alerts = await alertsOf(world, `tool-failing:${world.toolId}:lonely`)
  expect(alerts).toMatchObject([{ state: 'nobody', told: [] }])
})

describe('an upstream whose reports cannot be true', () => {
  test('is told of once an hour, with what it said and what was charged, however often it says it', async () => {
    const tool = aTool({ id: crypto.randomUUID(), name: 'Boasting' })
    const at = new Date('2026-11-30T10:20:00Z')
    const note = (reported: number, upstream = 'main', when = at) =>
      noteExcessiveReport(tool, upstream, { reported, charged: 5 }, when)
    const of = () => alertsOf(world, `report-above-bound:${tool.id}:`)
    for (const reported of [2_000, 9_000, 3_000]) note(reported)
    note(7_000, 'backup')
    expect(await watchReports(roomOf(world))).toBe(2)
    note(8_000, 'main', new Date('2026-11-30T10:59:00Z'))
    expect(await watchReports(roomOf(world))).toBe(0)
    note(8_000, 'main', new Date('2026-11-30T11:00:00Z'))
    expect(await watchReports(roomOf(world))).toBe(1)
    expect((await of()).map(({ title }) => title).sort()).toEqual([
      'The tool Boasting (backup) reported 7,000 tokens for a call; 5 were charged',
      'The tool Boasting reported 8,000 tokens for a call; 5 were charged',
      'The tool Boasting reported 9,000 tokens for a call; 5 were charged',
    ])
    expect((await of())[0]?.told).toHaveLength(3)
  })

  test('but not of a draft that an admin tries', () => {
    const draft = aTool({ id: crypto.randomUUID() })
    setApart(draft)
    noteExcessiveReport(draft, 'main', { reported: 9, charged: 1 })
    expect(takeExcessiveReports()).toEqual([])
  })
})
