import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals'
import type { Agent } from 'undici'
import { deliverWebhooks } from '../../src/domain/alerts/deliver'
import { raiseAlert, readAudience } from '../../src/domain/alerts/raise-alert'
import { deleteOldAlerts, noteMails } from '../../src/domain/alerts/upkeep'
import { inTransaction } from '../../src/platform/database/sql'
import { addressPolicy } from '../../src/platform/outbound/address-guard'
import { makeAgent } from '../../src/platform/outbound/agent'
import { World } from '../ledger/world'
import { unique } from '../support/people'
import { useSettings } from '../tools/fixture'
import { alertsOf, expectedSignature, roomOf, startReceiver, tell } from './setup'

let world: World
let agent: Agent
let receiver: Awaited<ReturnType<typeof startReceiver>>
const START = new Date('2026-11-25T12:00:00Z')
const secondsOn = (seconds: number) => new Date(START.getTime() + seconds * 1_000)

beforeAll(async () => {
  useSettings()
  world = await World.open()
  agent = makeAgent(addressPolicy({ production: false, toolAllowedHosts: [] }))
  receiver = await startReceiver()
})
afterAll(async () => {
  await receiver.close()
  await agent.close()
  await world.close()
})
beforeEach(async () => {
  receiver.answerWith(200)
  receiver.received.length = 0
  await world.pool.query('delete from alerts')
  await tell(world, ['ops@hub.test'], receiver.url)
})

async function raise(): Promise<string> {
  const key = unique('drift')
  const alert = { kind: 'ledger-drift' as const, key, title: 'A drift', data: { drifts: 2 } }
  await inTransaction(world.pool, async (sql) => {
    await raiseAlert(sql, alert, await readAudience(sql, roomOf(world)), START)
  })
  return key
}
const deliver = (now: Date) => deliverWebhooks(roomOf(world), now, () => agent)
const webhook = () =>
  world.one<{ attempts: number; last_error: string | null; sent_at: Date | null; given_up_at: Date | null }>(
    `select attempts, last_error, sent_at, given_up_at from alert_deliveries where channel = 'webhook'`,
  )

describe('the webhook', () => {
  test('gets each alert once, signed as Standard Webhooks says', async () => {
    const key = await raise()
    await Promise.all([1, 2, 3, 4].map(() => deliver(START)))
    await deliver(secondsOn(3_600))
    expect(receiver.received).toHaveLength(1)
    const [call] = receiver.received
    if (!call) throw new Error('nothing came')
    expect(JSON.parse(call.body)).toEqual({
      type: 'alert.ledger-drift',
      timestamp: START.toISOString(),
      data: { title: 'A drift', drifts: 2 },
    })
    const { id } = await world.one<{ id: string }>('select id from alerts where key = $1', [key])
    expect(call.headers['webhook-id']).toBe(id)
    expect(call.headers['webhook-timestamp']).toBe(String(START.getTime() / 1_000))
    expect(call.headers['webhook-signature']).toBe(expectedSignature(call))
    expect(expectedSignature({ ...call, body: call.body.replace('2', '3') })).not.toBe(
      call.headers['webhook-signature'],
    )
  })

  test('is tried again, later each time, with the same id and a signature of its own', async () => {
    await raise()
    receiver.answerWith(500)
    expect(await deliver(START)).toBe(0)
    expect(await webhook()).toMatchObject({ attempts: 1, last_error: 'HTTP 500', sent_at: null })
    expect(await deliver(secondsOn(4))).toBe(0)
    await deliver(secondsOn(6))
    await deliver(secondsOn(20))
    expect(receiver.received).toHaveLength(2)
    receiver.answerWith(204)
    expect(await deliver(secondsOn(30))).toBe(1)
    const ids = receiver.received.map(({ headers }) => headers['webhook-id'])
    expect(new Set(ids).size).toBe(1)
    const signatures = receiver.received.map(({ headers }) => headers['webhook-signature'])
    expect(new Set(signatures).size).toBe(3)
    for (const call of receiver.received)
      expect(call.headers['webhook-signature']).toBe(expectedSignature(call))
    expect(await webhook()).toMatchObject({ attempts: 3, last_error: null, sent_at: secondsOn(30) })
  })

  test('is given up after three days, and the panel says so', async () => {
    const key = await raise()
    receiver.answerWith(410)
    for (let hour = 0; hour <= 96; hour += 1) await deliver(secondsOn(hour * 3_600))
    expect(await webhook()).toMatchObject({ last_error: 'HTTP 410', given_up_at: expect.any(Date) })
    const calls = receiver.received.length
    await deliver(secondsOn(200 * 3_600))
    expect(receiver.received).toHaveLength(calls)
    await world.pool.query(`update mail_outbox set sent_at = now()`)
    await noteMails(world.pool, secondsOn(60))
    expect(await alertsOf(world, key)).toMatchObject([{ state: 'failed' }])
  })

  test('an address that may not be called is not, and one that was removed is given up', async () => {
    await raise()
    useSettings({ production: true })
    await deliver(START)
    useSettings()
    expect(receiver.received).toEqual([])
    expect((await webhook()).last_error).toMatch(/https|public/)
    await tell(world, [], null)
    await deliver(secondsOn(60))
    expect(await webhook()).toMatchObject({
      last_error: 'The webhook was removed from the settings',
      given_up_at: secondsOn(60),
    })
  })

  test('a row that was taken by an instance that died is taken again', async () => {
    await raise()
    receiver.answerWith(200)
    await world.pool.query(
      `update alert_deliveries set attempts = 1, next_attempt_at = $1 where channel = 'webhook'`,
      [secondsOn(5)],
    )
    expect(await deliver(START)).toBe(0)
    expect(await deliver(secondsOn(6))).toBe(1)
  })
})

describe('mails', () => {
  test('have their state beside the alert, also after the outbox forgot them', async () => {
    const key = await raise()
    await deliver(START)
    await world.pool.query(`update mail_outbox set attempts = 2, last_error = 'no route'`)
    await noteMails(world.pool, secondsOn(1))
    const mail = () =>
      world.one(`select attempts, last_error, sent_at from alert_deliveries where channel = 'mail'`)
    expect(await mail()).toEqual({ attempts: 2, last_error: 'no route', sent_at: null })
    expect(await alertsOf(world, key)).toMatchObject([{ state: 'waiting' }])
    await world.pool.query('update mail_outbox set sent_at = $1, last_error = null', [secondsOn(2)])
    await noteMails(world.pool, secondsOn(3))
    await world.pool.query('delete from mail_outbox')
    await noteMails(world.pool, secondsOn(4))
    expect(await mail()).toEqual({ attempts: 2, last_error: null, sent_at: secondsOn(2) })
    expect(await alertsOf(world, key)).toMatchObject([{ state: 'delivered' }])
  })

  test('one that could not leave within its day is given up', async () => {
    const key = await raise()
    await deliver(START)
    await noteMails(world.pool, secondsOn(86_401))
    expect(await alertsOf(world, key)).toMatchObject([{ state: 'failed' }])
  })
})

test('alerts go after half a year, with their deliveries', async () => {
  const key = await raise()
  await deleteOldAlerts(world.pool, secondsOn(179 * 86_400))
  expect(await alertsOf(world, key)).toHaveLength(1)
  await deleteOldAlerts(world.pool, secondsOn(181 * 86_400))
  expect(await alertsOf(world, key)).toEqual([])
  expect(await world.one('select count(*)::int as n from alert_deliveries')).toEqual({ n: 0 })
})
