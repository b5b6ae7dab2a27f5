// The kind: a connection that the database ends while an operation of Payload is between two statements ends the process.
import { afterAll, beforeAll, expect, test } from '@jest/globals'
import { hubDatabase, type TestDatabase } from '../support/database'
import { startTestHub, type TestHub } from '../support/hub'
import { unique } from '../support/people'
import { until } from '../support/until'

let database: TestDatabase
let hub: TestHub

beforeAll(async () => {
  database = await hubDatabase()
  hub = await startTestHub(database.url)
})
afterAll(async () => {
  await hub?.stop()
  await database?.drop()
})

/** Ends every connection of Payload's that has begun a transaction and runs no statement; how many there were. */
const END_BETWEEN_STATEMENTS = `
  select count(pg_terminate_backend(pid))::int as ended from pg_stat_activity
  where datname = current_database() and application_name <> 'hub' and state = 'idle in transaction'`

test('the hub goes on when operations of Payload lose their connections', async () => {
  const { email, password } = hub.admin
  const signedIn = await fetch(`${hub.url}/api/users/login`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ email, password }),
  })
  const { token } = (await signedIn.json()) as { token: string }
  // An account is made in a transaction, in which its password is hashed: nothing runs meanwhile.
  const makeAccount = async () => {
    const body = { name: 'A', email: `${unique('lost')}@example.com`, password: 'Tr1cky-horse', role: 'user' }
    const answer = await fetch(`${hub.url}/api/users`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', authorization: `Bearer ${token}` },
      body: JSON.stringify(body),
    })
    return answer.status
  }
  const statuses: Promise<number | Error>[] = []
  const ended = await until('an operation that lost its connection', async () => {
    if (statuses.length < 200) statuses.push(makeAccount().catch((error: Error) => error))
    return (await database.pool.query<{ ended: number }>(END_BETWEEN_STATEMENTS)).rows[0]?.ended || null
  })
  expect(ended).toBeGreaterThan(0)
  expect((await Promise.all(statuses)).filter((status) => typeof status !== 'number')).toEqual([])
  expect(hub.process.exitCode).toBeNull()
  expect(await makeAccount()).toBe(201)
})
