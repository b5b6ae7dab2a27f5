import { randomUUID } from 'node:crypto'
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals'
import type pg from 'pg'
import { ledgerCheck } from '../../src/domain/usage/ledger-check'
import { ask, type Cast, castOfCallers, hubDatabase } from '../access/callers'
import { call } from '../support/client'
import { newSubscriber, type Person } from '../support/people'

let cast: Cast
let database: pg.Pool
let person: Person
let usageId: string
let charged: number

beforeAll(async () => {
  cast = await castOfCallers()
  database = hubDatabase()
  person = await newSubscriber('free')
  await call('POST', '/tools/count-tokens/invoke', {
    token: person.token,
    body: { input: { text: 'one two three' } },
  })
  const { data } = await call<{ id: string; tokens_used: number }[]>('GET', '/usage', { token: person.token })
  usageId = data[0]?.id as string
  charged = data[0]?.tokens_used as number
})
afterAll(() => database?.end())

const correct = (body: object, id = usageId) =>
  ask('POST', `/api/panel/usage/${id}/corrections`, { headers: cast.headers.admin, body })
const request = (tokens: number) => ({ tokens, reason: 'Counted twice', requestId: randomUUID() })
const effects = (answer: { body: unknown }) =>
  (answer.body as { effects: Array<{ what: string; before: string; after: string }> }).effects
const used = async () =>
  (await call<{ tokens_used: number }>('GET', '/subscriptions/current', { token: person.token })).data
    .tokens_used
const noted = async () =>
  (
    await database.query(
      `select (select count(*)::int from usage_corrections where usage_id = $1) as kept,
         (select count(*)::int from audit_logs where subject = 'usage-logs' and subject_id = $1::text) as audited`,
      [usageId],
    )
  ).rows[0]

/** An admin sees beforehand what a correction comes to, and only the confirmed one counts. */
describe('a correction from the panel', () => {
  test('says what it would change, and changes nothing', async () => {
    const answer = await correct({ ...request(900), preview: true })
    expect([answer.status, effects(answer)[0]]).toEqual([
      200,
      { what: 'This call is charged', before: String(charged), after: '900' },
    ])
    const left = effects(answer).find(({ what }) => what === 'Left in it')
    expect(left).toEqual({ what: 'Left in it', before: (1000 - charged).toLocaleString('en'), after: '100' })
    expect(await used()).toBe(charged)
    expect(await noted()).toEqual({ kept: 0, audited: 0 })
  })

  test('says when nothing would be left to call with', async () => {
    const all = effects(await correct({ ...request(5000), preview: true }))
    expect(all.at(-1)).toMatchObject({ what: 'Their next calls', after: 'refused: nothing is left' })
  })

  test('counts once a request, is on record with its reason, and the ledger agrees', async () => {
    const sent = request(40)
    const done = await correct(sent)
    expect(done.status).toBe(200)
    expect((await correct(sent)).status).toBe(200)
    expect(await used()).toBe(40)
    expect(await noted()).toEqual({ kept: 1, audited: 1 })
    const { rows } = await database.query(
      `select actor_id, via, title, note, changes from audit_logs where subject = 'usage-logs' and subject_id = $1`,
      [usageId],
    )
    expect(rows[0]).toEqual({
      actor_id: cast.adminId,
      via: 'session',
      title: `${person.email}: ${charged > 40 ? '−' : '+'}${Math.abs(40 - charged)} tokens, Count tokens`,
      note: 'Corrected: Counted twice',
      changes: { tokensUsed: { from: charged, to: 40 } },
    })
    expect((await ledgerCheck(database)).filter(({ userId }) => userId === person.id)).toEqual([])
  })

  test('of a period that has ended changes that one', async () => {
    const other = await newSubscriber('free')
    await call('POST', '/tools/count-tokens/invoke', { token: other.token, body: { input: { text: 'one' } } })
    const { data } = await call<{ id: string }[]>('GET', '/usage', { token: other.token })
    await database.query(
      `with old as (select date_trunc('second', now()) - interval '2 months' as start)
       , row as (update usage_logs set period_start = old.start from old where user_id = $1 returning 1)
       , day as (update usage_daily set period_start = old.start from old where user_id = $1 returning 1)
       , kept as (insert into subscription_periods (user_id, period_start, period_end, plan_id, token_limit, tokens_used, tokens_held)
           select user_id, old.start, old.start + interval '1 month', plan_id, 1000, tokens_used, 0 from subscriptions, old
           where user_id = $1)
       update subscriptions set tokens_used = 0 where user_id = $1`,
      [other.id],
    )
    const answer = await correct(request(7), data[0]?.id)
    expect(effects(answer).map(({ what }) => what)).toEqual([
      'This call is charged',
      expect.stringContaining('Used in their ended period'),
      expect.stringContaining('Tokens of this tool on'),
    ])
    const kept = await database.query(
      'select tokens_used::int from subscription_periods where user_id = $1',
      [other.id],
    )
    expect(kept.rows).toEqual([{ tokens_used: 7 }])
  })

  test('is refused for a call that is not there, and where a field is wrong', async () => {
    expect((await correct(request(1), randomUUID())).status).toBe(404)
    for (const wrong of [{ tokens: -1 }, { tokens: 1.5 }, { reason: '' }, { requestId: 'x' }, { more: 1 }])
      expect((await correct({ ...request(1), ...wrong })).status).toBe(400)
  })
})
