import { afterAll, beforeAll, describe, expect, test } from '@jest/globals'
import { hubDatabase, type TestDatabase } from '../support/database'
import { startTestHub, type TestHub } from '../support/hub'
import { ask, must } from './ask'
import { type CountingTool, startCountingTool } from './counting-tool'
import { invoke } from './invoke'
import { type Caller, Stage } from './stage'

/** What is changed through one hub holds on the other with its very next request: no cache may lag behind. */
let database: TestDatabase
let one: TestHub
let other: TestHub
let upstream: CountingTool
let stage: Stage
let tool: string
let caller: Caller

beforeAll(async () => {
  database = await hubDatabase()
  upstream = await startCountingTool()
  ;[one, other] = await Promise.all([startTestHub(database.url), startTestHub(database.url)])
  stage = await Stage.open(one)
  tool = await stage.tool(upstream.url, { fixed: 10 })
  caller = await stage.caller(await stage.plan(100_000))
  for (const hub of [one, other]) expect((await invoke(hub, tool, caller, {})).status).toBe(200)
}, 120_000)
afterAll(async () => {
  await Promise.all([one?.stop(), other?.stop()])
  await upstream?.close()
  await database?.drop()
})

const admin = () => ({ token: stage.adminToken })

describe('changed on one hub, seen by the other at once', () => {
  test.each([1, 2, 3])('a session that is ended (%i)', async () => {
    const leaver = await stage.caller(await stage.plan(1_000))
    const session = { token: leaver.token }
    expect((await invoke(other, tool, session, {})).status).toBe(200)
    await must(200, one, 'POST', '/auth/logout', { ...session, body: { refresh_token: leaver.refreshToken } })
    expect((await ask(other, 'GET', '/users/me', session)).status).toBe(401)
    expect((await invoke(other, tool, session, {})).code).toBe('UNAUTHORIZED')
    const refresh = { body: { refresh_token: leaver.refreshToken } }
    expect((await ask(other, 'POST', '/auth/refresh', refresh)).status).toBe(401)
  })

  test('a key that is revoked', async () => {
    const owner = await stage.caller(await stage.plan(1_000))
    const key = { key: owner.key }
    expect((await invoke(other, tool, key, {})).status).toBe(200)
    await must(200, one, 'DELETE', `/users/me/api-keys/${owner.keyId}`, { token: owner.token })
    expect((await ask(other, 'GET', '/users/me', key)).status).toBe(401)
    expect((await invoke(other, tool, key, {})).code).toBe('UNAUTHORIZED')
  })

  test('an account that is switched off', async () => {
    const owner = await stage.caller(await stage.plan(1_000))
    expect((await invoke(other, tool, owner, {})).status).toBe(200)
    const off = { ...admin(), body: { disabled: true } }
    expect((await ask(one, 'PATCH', `/api/users/${owner.id}`, off)).status).toBe(200)
    expect((await invoke(other, tool, owner, {})).code).toBe('UNAUTHORIZED')
    expect((await invoke(other, tool, { token: owner.token }, {})).code).toBe('UNAUTHORIZED')
  })

  test('a tool’s price, and that it is switched off and on', async () => {
    const change = (body: object) => must(200, one, 'PATCH', `/admin/tools/${tool}`, { ...admin(), body })
    for (const price of [25, 3, 70]) {
      await change({ metering: { mode: 'fixed', tokens: price } })
      expect(await invoke(other, tool, caller, {})).toMatchObject({
        status: 200,
        data: { tokens_used: price },
      })
    }
    await change({ is_active: false })
    expect((await invoke(other, tool, caller, {})).code).toBe('NOT_FOUND')
    await change({ is_active: true })
    expect((await invoke(other, tool, caller, {})).status).toBe(200)
  })

  test('a tool that is made, and one that is deleted', async () => {
    const fresh = await stage.tool(upstream.url, { fixed: 1 })
    expect((await invoke(other, fresh, caller, {})).status).toBe(200)
    const gone = await fetch(`${one.url}/api/v1/admin/tools/${fresh}`, {
      method: 'DELETE',
      headers: { authorization: `Bearer ${stage.adminToken}` },
    })
    expect(gone.status).toBe(204)
    expect((await invoke(other, fresh, caller, {})).code).toBe('NOT_FOUND')
  })

  test('a plan that is changed for a bigger one', async () => {
    const grower = await stage.caller(await stage.plan(5, { rank: 50 }))
    expect((await invoke(other, tool, grower, {})).code).toBe('TOKEN_LIMIT_EXCEEDED')
    const plan = await stage.plan(1_000, { rank: 60 })
    await must(200, one, 'POST', '/subscriptions/subscribe', { token: grower.token, body: { plan } })
    expect((await invoke(other, tool, grower, {})).status).toBe(200)
  })
})
