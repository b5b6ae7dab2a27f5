import { execFile } from 'node:child_process'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { promisify } from 'node:util'
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals'
import { type EmbeddedServer, startEmbedded } from '../../src/platform/database/embedded'
import { postgresBinaries, serverAccount } from '../../src/platform/database/embedded-files'
import { openPool } from '../../src/platform/database/pool'
import { inTransaction } from '../../src/platform/database/sql'
import { freshDatabase } from '../support/database'
import { fairClock } from '../support/fair-time'
import { startTestHub, type TestHub } from '../support/hub'
import { until } from '../support/until'
import { startUpstream, type Upstream } from '../support/upstream'

const run = promisify(execFile)

describe('the pool', () => {
  test('outlives a connection that ends between two statements of a transaction', async () => {
    const database = await freshDatabase()
    const pool = openPool(database.url, 2)
    try {
      const work = inTransaction(pool, async (sql) => {
        const { rows } = await sql.query<{ pid: number }>('select pg_backend_pid() as pid')
        await database.pool.query('select pg_terminate_backend($1)', [rows[0]?.pid])
        await sleep(200)
        await sql.query('select 1')
      })
      await expect(work).rejects.toThrow()
      expect((await pool.query('select 1 as one')).rows).toEqual([{ one: 1 }])
    } finally {
      await pool.end()
      await database.drop()
    }
  })

  test('waits three seconds for a lock, and no longer', async () => {
    const database = await freshDatabase()
    const pool = openPool(database.url, 2)
    try {
      await pool.query('create table t as select 1 as n')
      const holder = await database.pool.connect()
      await holder.query('begin; select * from t for update')
      await expect(pool.query('select * from t for update')).rejects.toMatchObject({ code: '55P03' })
      await holder.query('rollback')
      holder.release()
    } finally {
      await pool.end()
      await database.drop()
    }
  })
})

describe('a hub whose database goes away', () => {
  let directory: string
  let server: EmbeddedServer
  let hub: TestHub
  let upstream: Upstream
  let token: string

  const stop = () => control(['stop', '-m', 'immediate', '-w'])
  const start = () => {
    const { port } = new URL(server.url)
    return control([
      'start',
      '-w',
      '-l',
      join(server.dataDir, 'again.log'),
      '-o',
      `-p ${port} -h 127.0.0.1 -c unix_socket_directories=`,
    ])
  }
  async function control(args: string[]): Promise<void> {
    const account = serverAccount()
    const binary = join(await postgresBinaries(account), 'pg_ctl')
    await run(binary, ['-D', join(server.dataDir, 'cluster'), ...args], { ...account, cwd: server.dataDir })
  }

  async function ask<Data>(method: string, path: string, body?: unknown) {
    const response = await fetch(`${hub.url}${path}`, {
      method,
      headers: { ...(token ? { authorization: `Bearer ${token}` } : {}), 'content-type': 'application/json' },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    })
    const { data, error } = (await response.json()) as { data: Data; error: { code: string } | null }
    return { status: response.status, retryAfter: response.headers.get('retry-after'), data, error }
  }
  const invoke = (slug: string) =>
    ask<{ tokens_used: number }>('POST', `/api/v1/tools/${slug}/invoke`, { input: { a: 1 } })

  beforeAll(async () => {
    directory = await mkdtemp(join(tmpdir(), 'hub-away-'))
    server = await startEmbedded(directory)
    upstream = await startUpstream()
    hub = await startTestHub(server.url, { TOOL_ALLOWED_HOSTS: new URL(upstream.url).host })
    const login = await ask<{ access_token: string }>('POST', '/api/v1/auth/login', hub.admin)
    token = login.data.access_token
    for (const [slug, path] of [
      ['quick', '/echo'],
      ['slow', '/held'],
    ] as const) {
      const made = await ask('POST', '/api/v1/admin/tools', {
        name: slug,
        slug,
        description: 'For this test.',
        api_endpoint: `${upstream.url}${path}`,
        metering: { mode: 'fixed', tokens: 5 },
      })
      expect(made.status).toBe(201)
    }
    await ask('POST', '/api/v1/subscriptions/subscribe', { plan: 'pro' })
  })
  afterAll(async () => {
    await hub?.stop()
    await upstream?.close()
    await server?.stop().catch(() => undefined)
    await rm(directory, { recursive: true, force: true })
  })

  test('answers 503, settles what was under way, and serves again within two seconds of its return', async () => {
    expect((await invoke('quick')).status).toBe(200)
    const underWay = invoke('slow')
    await until('the call at the tool', () => upstream.calls('/held') === 1)
    await stop()

    for (const path of ['/api/v1/users/me', '/api/v1/usage', '/api/v1/subscriptions/current']) {
      const { status, error, retryAfter } = await ask('GET', path)
      expect([path, status, error?.code, Number(retryAfter) > 0]).toEqual([path, 503, 'NOT_READY', true])
    }
    expect((await fetch(`${hub.url}/ready`)).status).toBe(503)
    expect((await fetch(`${hub.url}/health`)).status).toBe(200)
    expect((await invoke('quick')).error?.code).toBe('NOT_READY')
    await sleep(2_000)
    upstream.release()
    await sleep(200)
    expect(upstream.calls('/held')).toBe(1)

    await start()
    const back = fairClock(hub.process.pid as number)
    await until('a ready hub', async () => (await fetch(`${hub.url}/ready`)).status === 200)
    await until('an answer', async () => (await invoke('quick')).status === 200)
    expect(back()).toBeLessThan(2_000)
    // Its caller gets the answer: the settlement came in time.
    expect((await underWay).status).toBe(200)
    type Balance = { tokens_used: number; tokens_held: number }
    const balance = async () => (await ask<Balance>('GET', '/api/v1/subscriptions/current')).data
    await until('the end of what is held', async () => (await balance()).tokens_held === 0)
    expect(await balance()).toMatchObject({ tokens_used: 15 })
    const check = await ask('POST', '/api/v1/admin/ledger/check')
    expect(check.data).toMatchObject({ drift_count: 0 })
    expect(hub.process.exitCode).toBeNull()
  })
})
