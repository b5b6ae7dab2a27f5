import { setTimeout as sleep } from 'node:timers/promises'
import { afterAll, beforeAll, expect, jest, test } from '@jest/globals'
import { freshDatabase, type TestDatabase } from '../support/database'
import { startTestHub, type TestHub } from '../support/hub'
import { untilWaitedFor } from '../support/locks'

// A database and a hub of their own: these tests hold up whole tables.

jest.setTimeout(120_000)

let database: TestDatabase
let hub: TestHub
let token: string

/** The first migration waits longer than any statement of a caller may: its table is being made by somebody else. */
beforeAll(async () => {
  database = await freshDatabase(4)
  const blocker = await database.pool.connect()
  await blocker.query('begin; create table plans (id int)')
  const starting = startTestHub(database.url)
  await untilWaitedFor(database.pool, blocker)
  await sleep(11_000)
  await blocker.query('rollback')
  blocker.release()
  hub = await starting
  token = await signIn()
})

async function signIn(): Promise<string> {
  const answer = await fetch(`${hub.url}/api/users/login`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(hub.admin),
  })
  return ((await answer.json()) as { token: string }).token
}

afterAll(async () => {
  await hub?.stop()
  await database.drop()
})

async function list(collection: string) {
  const response = await fetch(`${hub.url}/api/${collection}`, {
    headers: { authorization: `Bearer ${token}` },
  })
  return { status: response.status, text: await response.text() }
}

test('a migration may take longer than a statement of a caller', async () => {
  expect((await list('plans')).status).toBe(200)
})

test('who waits for a lock is told so after three seconds', async () => {
  const blocker = await database.pool.connect()
  await blocker.query('begin; lock table media in access exclusive mode')
  const { status, text } = await list('media')
  await blocker.query('rollback')
  blocker.release()
  expect(status).toBe(409)
  expect(text).toContain('try again')
})

test('a statement that takes more than ten seconds is cut off', async () => {
  await database.pool.query('alter table plans rename to slow_plans')
  await database.pool.query('create view plans as select p.* from slow_plans p, pg_sleep(20)')
  const started = Date.now()
  const { status, text } = await list('plans')
  await database.pool.query('drop view plans')
  await database.pool.query('alter table slow_plans rename to plans')
  expect(status).toBe(400)
  expect(text).toContain('takes too long')
  expect(Date.now() - started).toBeLessThan(18_000)
})
