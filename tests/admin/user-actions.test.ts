import { randomUUID } from 'node:crypto'
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals'
import type pg from 'pg'
import { ledgerCheck } from '../../src/domain/usage/ledger-check'
import { USER_ACTIONS } from '../../src/panel/user/user-actions'
import { ask, CALLERS, type Caller, type Cast, castOfCallers, hubDatabase } from '../access/callers'
import { call } from '../support/client'
import { newSubscriber, type Person, signIn } from '../support/people'

let cast: Cast
let database: pg.Pool
let user: Person
let keyId: string

beforeAll(async () => {
  cast = await castOfCallers()
  database = hubDatabase()
  user = await newSubscriber('free')
  const key = await call<{ id: string }>('POST', '/users/me/api-keys', {
    token: user.token,
    body: { name: 'k' },
  })
  keyId = key.data.id
})
afterAll(() => database?.end())

const act = (caller: Caller, userId: string, body: object) =>
  ask('POST', `/api/panel/users/${userId}/actions`, { headers: cast.headers[caller], body })

const effectsOf = (body: unknown) =>
  (body as { effects: Array<{ what: string; before: string; after: string }> }).effects

type Subscribed = {
  plan: string
  status: string
  token_limit: number
  tokens_remaining: number
  pending_plan: string | null
}
const subscription = async (person: Person) =>
  (await call<Subscribed>('GET', '/subscriptions/current', { token: person.token })).data

const actions = (): Array<Record<string, unknown> & { action: string }> => [
  { action: 'change-plan', plan: 'pro', when: 'now' },
  { action: 'grant', tokens: 5, reason: 'a test', expiresAt: null, requestId: randomUUID() },
  { action: 'take-back-grant', grantId: randomUUID(), reason: 'a test' },
  { action: 'pause', reason: 'a test' },
  { action: 'resume' },
  { action: 'revoke-key', keyId },
  { action: 'end-session', sessionId: randomUUID() },
  { action: 'end-sessions' },
  { action: 'unlock' },
  { action: 'reset-link' },
]

describe('who may do what to a user', () => {
  test('is asked of every action that there is', () => {
    expect(
      actions()
        .map(({ action }) => action)
        .sort(),
    ).toEqual([...USER_ACTIONS.keys()].sort())
  })

  const refused = CALLERS.filter((caller) => caller !== 'admin')
  test.each(actions().flatMap(({ action }) => refused.map((caller) => [action, caller] as const)))(
    '%s is refused to %s, also as a preview',
    async (action, caller) => {
      const body = actions().find((one) => one.action === action) as object
      for (const preview of [false, true]) {
        const answer = await act(caller, user.id, { ...body, preview })
        expect(answer.status).toBe(caller === 'anonymous' ? 401 : 403)
      }
      const own = await act(caller, cast.owner.id, body)
      expect(own.status).toBe(caller === 'anonymous' ? 401 : 403)
    },
  )

  test('an unknown user and a malformed action say so', async () => {
    expect((await act('admin', randomUUID(), { action: 'unlock' })).status).toBe(404)
    expect((await act('admin', 'x', { action: 'unlock' })).status).toBe(404)
    expect((await act('admin', user.id, { action: 'delete' })).status).toBe(400)
    const bad = { action: 'grant', tokens: 1.5, reason: '', expiresAt: null, requestId: randomUUID() }
    expect((await act('admin', user.id, bad)).status).toBe(400)
  })
})

describe('a preview', () => {
  test('says what would change, and changes nothing', async () => {
    const before = await database.query('select to_jsonb(s) as row from subscriptions s where user_id = $1', [
      user.id,
    ])
    for (const body of actions().filter(
      ({ action }) => !['resume', 'end-session', 'take-back-grant'].includes(action),
    )) {
      const answer = await act('admin', user.id, { ...body, preview: true })
      expect([body.action, answer.status]).toEqual([body.action, 200])
      expect(effectsOf(answer.body).length).toBeGreaterThan(0)
    }
    const after = await database.query('select to_jsonb(s) as row from subscriptions s where user_id = $1', [
      user.id,
    ])
    expect(after.rows).toEqual(before.rows)
    expect((await call('GET', '/users/me', { token: user.token })).status).toBe(200)
    const grants = await database.query('select from token_grants where user_id = $1', [user.id])
    expect(grants.rowCount).toBe(0)
  })
})

describe('extra tokens', () => {
  test('raise the limit that admission decides by, once a request', async () => {
    const person = await newSubscriber('free')
    await database.query('update subscriptions set tokens_used = 1000 where user_id = $1', [person.id])
    const invoke = () =>
      call('POST', '/tools/count-tokens/invoke', {
        token: person.token,
        body: { input: { text: 'one two' } },
      })
    expect((await invoke()).error?.code).toBe('TOKEN_LIMIT_EXCEEDED')
    const grant = {
      action: 'grant',
      tokens: 500,
      reason: 'for the demo',
      expiresAt: null,
      requestId: randomUUID(),
    }
    const granted = await act('admin', person.id, grant)
    expect(effectsOf(granted.body)[0]).toEqual({
      what: 'Tokens in this period',
      before: '1,000',
      after: '1,500',
    })
    const again = await act('admin', person.id, grant)
    expect([again.status, effectsOf(again.body)]).toEqual([
      200,
      [{ what: 'This grant', before: '500, given already', after: 'no more tokens are added' }],
    ])
    expect((await act('admin', person.id, { ...grant, tokens: 900 })).status).toBe(409)
    expect(await subscription(person)).toMatchObject({ token_limit: 1500, tokens_remaining: 500 })
    const recorded = await database.query(
      `select note from audit_logs where note like 'Granted %' and subject_id = (
         select id::text from subscriptions where user_id = $1)`,
      [person.id],
    )
    expect(recorded.rows).toHaveLength(1)
    expect((await invoke()).status).toBe(200)
    await database.query('update subscriptions set tokens_used = 10 where user_id = $1', [person.id])
    expect((await ledgerCheck(database)).filter(({ userId }) => userId === person.id)).toEqual([])
  })

  test('end when they are said to, and not after the period', async () => {
    const person = await newSubscriber('free')
    const far = new Date(Date.now() + 60 * 86_400_000).toISOString()
    const grant = { action: 'grant', tokens: 70, reason: 'for a day', requestId: randomUUID() }
    expect((await act('admin', person.id, { ...grant, expiresAt: far })).status).toBe(400)
    const soon = new Date(Date.now() + 86_400_000).toISOString()
    expect((await act('admin', person.id, { ...grant, expiresAt: soon })).status).toBe(200)
    expect(await subscription(person)).toMatchObject({ token_limit: 1070 })
    await database.query(
      `update subscriptions set extra_until = array[now() - interval '1 second'] where user_id = $1`,
      [person.id],
    )
    expect(await subscription(person)).toMatchObject({ token_limit: 1000 })
  })

  test('are taken back as far as they are left; what was used of them stays used', async () => {
    const person = await newSubscriber('free')
    const give = { action: 'grant', tokens: 500, reason: 'by mistake', expiresAt: null }
    for (const requestId of [randomUUID(), randomUUID()])
      await act('admin', person.id, { ...give, requestId })
    const ids = (
      await database.query('select id from token_grants where user_id = $1 order by id', [person.id])
    ).rows as Array<{ id: string }>
    const back = (at: number, preview = false) =>
      act('admin', person.id, {
        action: 'take-back-grant',
        grantId: ids[at]?.id,
        reason: 'a mistake',
        preview,
      })
    await database.query('update subscriptions set tokens_used = 1800 where user_id = $1', [person.id])
    expect(effectsOf((await back(0, true)).body)).toEqual([
      { what: 'This grant', before: '500', after: '300, in use' },
      { what: 'Tokens in this period', before: '2,000', after: '1,800' },
      { what: 'Left', before: '200', after: '0' },
      { what: 'Used so far', before: '1,800', after: 'stays used' },
    ])
    expect((await back(0)).status).toBe(200)
    expect((await back(0)).status).toBe(409)
    expect((await back(1)).status).toBe(409)
    const now = async () =>
      (await call('GET', '/subscriptions/current', { token: person.token })).data as Record<string, unknown>
    expect(await now()).toMatchObject({ token_limit: 1800, tokens_used: 1800, tokens_remaining: 0 })
    await database.query('update subscriptions set tokens_used = 0 where user_id = $1', [person.id])
    expect((await back(1)).status).toBe(200)
    expect(await now()).toMatchObject({ token_limit: 1300, tokens_remaining: 1300 })
    const { rows } = await database.query(
      `select tokens::int, taken_back::int, taken_by, taken_reason from token_grants where user_id = $1 order by id`,
      [person.id],
    )
    const taken = { tokens: 500, taken_by: cast.adminId, taken_reason: 'a mistake' }
    expect(rows).toEqual([
      { ...taken, taken_back: 200 },
      { ...taken, taken_back: 500 },
    ])
    expect((await ledgerCheck(database)).filter(({ userId }) => userId === person.id)).toEqual([])
  })

  test('are given, listed and taken back by the versioned API as well', async () => {
    const person = await newSubscriber('free')
    const headers = { ...cast.headers.admin, 'x-request-id': randomUUID() }
    const body = { tokens: 70, reason: 'for a test' }
    type Grants = Array<{ id: string; tokens: number; tokens_taken_back: number }>
    const give = () => call<Grants>('POST', `/admin/users/${person.id}/grants`, { headers, body })
    expect((await give()).status).toBe(201)
    const grants = (await give()).data
    expect(grants).toMatchObject([{ tokens: 70, tokens_taken_back: 0, taken_back_at: null }])
    const path = `/admin/users/${person.id}/grants/${grants[0]?.id}/take-back`
    const back = () =>
      call<Grants>('POST', path, { headers: cast.headers.admin, body: { reason: 'done with' } })
    const all = await Promise.all([back(), back()])
    expect(all.map(({ status }) => status).sort()).toEqual([200, 409])
    const listed = await call<Grants>('GET', `/admin/users/${person.id}/grants`, {
      headers: cast.headers.admin,
    })
    expect(listed.data).toMatchObject([{ tokens: 70, tokens_taken_back: 70, taken_back_reason: 'done with' }])
    expect(await subscription(person)).toMatchObject({ token_limit: 1000 })
    const { rows } = await database.query(
      `select note from audit_logs where subject = 'subscriptions' and note ~ 'extra tokens'
         and subject_id = (select id::text from subscriptions where user_id = $1) order by id`,
      [person.id],
    )
    expect(rows.map(({ note }) => note)).toEqual([
      expect.stringContaining('Granted 70'),
      'Took back 70 of 70 extra tokens: done with',
    ])
    for (const wrong of [
      `/admin/users/${randomUUID()}/grants`,
      `/admin/users/${person.id}/grants/${randomUUID()}/take-back`,
    ])
      expect(
        (
          await call('POST', wrong, {
            headers: cast.headers.admin,
            body: { ...body, ...(wrong.endsWith('back') ? { tokens: undefined } : {}) },
          })
        ).status,
      ).toBe(404)
  })

  test('that no grant stands behind are drift', async () => {
    const person = await newSubscriber('free')
    await database.query(
      `update subscriptions set extra_tokens = '{9}', extra_until = array[period_end] where user_id = $1`,
      [person.id],
    )
    const drifts = (await ledgerCheck(database)).filter(({ userId }) => userId === person.id)
    expect(drifts).toMatchObject([{ figure: 'granted', rows: 0, found: 9 }])
    await database.query(
      `update subscriptions set extra_tokens = null, extra_until = null where user_id = $1`,
      [person.id],
    )
  })
})

describe('a pause', () => {
  test('refuses calls with its reason, and loses nothing', async () => {
    const person = await newSubscriber('pro')
    const invoke = () =>
      call('POST', '/tools/count-tokens/invoke', {
        token: person.token,
        body: { input: { text: 'one two' } },
      })
    await invoke()
    const before = await subscription(person)
    expect((await act('admin', person.id, { action: 'pause', reason: 'looked into' })).status).toBe(200)
    const refused = await invoke()
    expect([refused.status, refused.error?.code]).toEqual([403, 'ACCOUNT_PAUSED'])
    expect(await subscription(person)).toEqual(before)
    expect((await act('admin', person.id, { action: 'pause', reason: 'again' })).status).toBe(409)
    expect((await act('admin', person.id, { action: 'resume' })).status).toBe(200)
    expect((await invoke()).status).toBe(200)
    expect((await act('admin', person.id, { action: 'resume' })).status).toBe(409)
  })
})

describe('a plan change by an admin', () => {
  test('counts now, or when the period ends, whichever way it goes', async () => {
    const person = await newSubscriber('pro')
    const change = (plan: string, when: string) =>
      act('admin', person.id, { action: 'change-plan', plan, when })
    expect((await change('free', 'now')).status).toBe(200)
    expect(await subscription(person)).toMatchObject({ plan: 'free', pending_plan: null, token_limit: 1000 })
    expect((await change('enterprise', 'period-end')).status).toBe(200)
    expect(await subscription(person)).toMatchObject({ plan: 'free', pending_plan: 'enterprise' })
    expect((await change('enterprise', 'period-end')).status).toBe(409)
    expect((await change('free', 'now')).status).toBe(200)
    expect(await subscription(person)).toMatchObject({ plan: 'free', pending_plan: null })
    expect((await change('free', 'now')).status).toBe(409)
    expect((await change('none', 'now')).status).toBe(400)
  })

  test('starts a period where none runs', async () => {
    await database.query('delete from subscriptions where user_id = $1', [cast.other.id])
    const answer = await act('admin', cast.other.id, {
      action: 'change-plan',
      plan: 'pro',
      when: 'period-end',
    })
    expect(answer.status).toBe(200)
    expect(await subscription(cast.other)).toMatchObject({ plan: 'pro', status: 'active' })
  })
})

describe('what was done', () => {
  test('is on record once with the admin who did it, and a preview is not', async () => {
    const person = await newSubscriber('free')
    await call('POST', '/users/me/api-keys', { token: person.token, body: { name: 'k' } })
    const key = await database.query('select id from api_keys where user_id = $1', [person.id])
    const steps = [
      { action: 'change-plan', plan: 'pro', when: 'now' },
      { action: 'grant', tokens: 5, reason: 'on record', expiresAt: null, requestId: randomUUID() },
      { action: 'pause', reason: 'on record' },
      { action: 'resume' },
      { action: 'revoke-key', keyId: key.rows[0].id },
      { action: 'reset-link' },
      { action: 'unlock' },
      { action: 'end-sessions' },
    ]
    const since = (await database.query('select clock_timestamp() as at')).rows[0].at
    for (const step of steps) {
      await act('admin', person.id, { ...step, preview: true })
      expect([step.action, (await act('admin', person.id, step)).status]).toEqual([step.action, 200])
    }
    const { rows } = await database.query(
      `select action, note from audit_logs where actor_id = $1 and at >= $2 and (subject_id = $3 or subject_id = $4
         or subject_id = (select id::text from subscriptions where user_id = $5)) order by id`,
      [cast.adminId, since, person.id, key.rows[0].id, person.id],
    )
    expect(rows).toHaveLength(steps.length)
    expect(rows[1].note).toContain('on record')
  })
})

describe('what signs in', () => {
  test('is ended, revoked, unlocked and renewed', async () => {
    const person = await newSubscriber('free')
    await signIn(person.email, person.password)
    const sessions = await call<Array<{ id: string; current: boolean }>>('GET', '/users/me/sessions', {
      token: person.token,
    })
    const other = sessions.data.find(({ current }) => !current)?.id
    expect((await act('admin', person.id, { action: 'end-session', sessionId: other })).status).toBe(200)
    expect((await act('admin', person.id, { action: 'end-session', sessionId: other })).status).toBe(404)
    expect((await act('admin', person.id, { action: 'end-sessions' })).status).toBe(200)
    expect((await call('GET', '/users/me', { token: person.token })).status).toBe(401)
    await database.query(
      `update credentials set locked_until = now() + interval '1 hour' where user_id = $1`,
      [person.id],
    )
    expect((await act('admin', person.id, { action: 'unlock' })).status).toBe(200)
    await signIn(person.email, person.password)
    expect((await act('admin', person.id, { action: 'reset-link' })).status).toBe(200)
    const mails = await database.query('select from mail_outbox where recipient = $1 and subject ilike $2', [
      person.email,
      '%password%',
    ])
    expect(mails.rowCount).toBe(1)
    expect((await act('admin', user.id, { action: 'revoke-key', keyId })).status).toBe(200)
    expect((await act('admin', user.id, { action: 'revoke-key', keyId })).status).toBe(409)
  })
})
