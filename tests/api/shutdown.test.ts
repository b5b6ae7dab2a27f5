import { afterAll, beforeAll, expect, test } from '@jest/globals'
import { hubDatabase, type TestDatabase } from '../support/database'
import { startTestHub, type TestHub, takesConnections } from '../support/hub'
import { until } from '../support/until'
import { startUpstream, type Upstream } from '../support/upstream'

let database: TestDatabase
let upstream: Upstream
let hub: TestHub

beforeAll(async () => {
  database = await hubDatabase()
  upstream = await startUpstream()
  hub = await startTestHub(database.url)
})

afterAll(async () => {
  await upstream.close()
  await database.drop()
})

async function ask(method: string, path: string, body: object, token = '') {
  const answer = await fetch(`${hub.url}/api/v1${path}`, {
    method,
    headers: { 'content-type': 'application/json', authorization: `Bearer ${token}` },
    body: JSON.stringify(body),
  })
  return { status: answer.status, data: ((await answer.json()) as { data: Record<string, string> }).data }
}

test('a hub that is told to stop finishes, settles and answers the calls that run, then ends with 0', async () => {
  const token = (await ask('POST', '/auth/login', hub.admin)).data.access_token
  const tool = { name: 'Slow', description: 'x', api_endpoint: `${upstream.url}/held`, retries: 0 }
  const metering = { mode: 'fixed', tokens: 5 }
  const made = await ask('POST', '/admin/tools', { ...tool, metering }, token)
  await ask('POST', '/subscriptions/subscribe', { plan: 'free' }, token)
  const calls = [1, 2, 3].map(() => ask('POST', `/tools/${made.data.id}/invoke`, { input: {} }, token))
  await until('the calls at the tool', () => upstream.calls('/held') === 3)
  const ended = hub.stop()
  await until('an end of new connections', async () => !(await takesConnections(hub.url)))
  upstream.release()
  expect((await Promise.all(calls)).map(({ status }) => status)).toEqual([200, 200, 200])
  expect(await ended).toBe(0)
  const { rows } = await database.pool.query(
    'select tokens_used::int, tokens_held::int, calls_in_flight from subscriptions',
  )
  expect(rows).toEqual([{ tokens_used: 15, tokens_held: 0, calls_in_flight: 0 }])
  const { rows: usage } = await database.pool.query('select distinct status from usage_logs')
  expect(usage).toEqual([{ status: 'success' }])
})
