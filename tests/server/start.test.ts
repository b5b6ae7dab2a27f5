import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { type AddressInfo, createServer } from 'node:net'
import { afterAll, describe, expect, it } from '@jest/globals'
import { freshDatabase, type TestDatabase } from '../support/database'
import { startTestHub, TEST_SECRET } from '../support/hub'

const databases: TestDatabase[] = []

afterAll(() => Promise.all(databases.map((database) => database.drop())))

async function database(): Promise<TestDatabase> {
  const fresh = await freshDatabase(4)
  databases.push(fresh)
  return fresh
}

/** Runs one of the built programs to its end. */
async function run(program: string, env: Record<string, string>, args: string[] = []) {
  const child = spawn(process.execPath, [`dist/${program}.js`, ...args], {
    env: {
      PATH: process.env.PATH,
      NODE_ENV: 'production',
      PANEL: 'off',
      PORT: '0',
      LOG_LEVEL: 'warn',
      ...env,
    },
  })
  let output = ''
  for (const stream of [child.stdout, child.stderr]) {
    stream.on('data', (chunk: Buffer) => {
      output += chunk.toString()
    })
  }
  const code = await new Promise<number | null>((resolve) => child.once('close', resolve))
  return { code, output }
}

describe('a start', () => {
  it('with bad variables names every one of them, shows no value, and ends with 1', async () => {
    const env = { PORT: 'eighty', DATABASE_URL: 'mysql://root:hunter2@db/x', BCRYPT_COST: '4' }
    const { code, output } = await run('server', env)
    expect(code).toBe(1)
    for (const name of Object.keys(env)) expect(output).toContain(`${name}:`)
    expect(output).not.toContain('hunter2')
    expect(output).not.toMatch(/\n\s+at /)
  })

  it('with a weak password for the first admin names the rules, does not show it, and ends with 1', async () => {
    const { code, output } = await run('server', { ADMIN_EMAIL: 'a@example.com', ADMIN_PASSWORD: 'weakpass' })
    expect(code).toBe(1)
    expect(output).toContain('ADMIN_PASSWORD: must have a digit')
    expect(output).not.toContain('weakpass')
    expect(output).not.toMatch(/\n\s+at /)
  })

  it('in production refuses without a secret or a database', async () => {
    const { code, output } = await run('server', { APP_ENV: 'production' })
    expect(code).toBe(1)
    expect(output).toMatch(/PAYLOAD_SECRET[\s\S]*DATABASE_URL/)
  })

  it('in production refuses without any admin, and prints no secret', async () => {
    const { url } = await database()
    const { code, output } = await run('server', {
      APP_ENV: 'production',
      DATABASE_URL: url,
      PAYLOAD_SECRET: TEST_SECRET,
    })
    expect(code).toBe(1)
    expect(output).toContain('ADMIN_EMAIL')
    expect(output).not.toContain(TEST_SECRET)
    expect(output).not.toMatch(/\n\s+at /)
  })

  it('on a port in use says so', async () => {
    const { url } = await database()
    const taken = createServer().listen(0, '127.0.0.1')
    await once(taken, 'listening')
    const { port } = taken.address() as AddressInfo
    const env = { DATABASE_URL: url, PAYLOAD_SECRET: TEST_SECRET, PORT: String(port) }
    expect(await run('server', env)).toMatchObject({
      code: 1,
      output: expect.stringContaining(`PORT: ${port} is in use`),
    })
    taken.close()
  })

  it('of three instances at once on an empty database migrates and seeds once', async () => {
    const { url, pool } = await database()
    const hubs = await Promise.all([1, 2, 3].map(() => startTestHub(url)))
    const count = async (table: string) =>
      (await pool.query(`select count(*)::int as n from ${table}`)).rows[0].n
    expect(await count('plans')).toBe(3)
    expect(await count('users')).toBe(1)
    expect(await count('tools')).toBe(4)
    expect(await Promise.all(hubs.map((hub) => hub.stop()))).toEqual([0, 0, 0])
  })

  it('again finds the data of the first, and brings back nothing that an admin removed', async () => {
    const { url, pool } = await database()
    const first = await startTestHub(url)
    await pool.query(`delete from tools where slug = 'keywords'`)
    await pool.query(`update plans set token_limit = 7 where name = 'free'`)
    await first.stop()
    const second = await startTestHub(url)
    expect((await pool.query('select slug from tools order by slug')).rows.map(({ slug }) => slug)).toEqual([
      'count-tokens',
      'detect-language',
      'summarize',
    ])
    expect((await pool.query(`select token_limit from plans where name = 'free'`)).rows[0].token_limit).toBe(
      '7',
    )
    await second.stop()
  })
})

describe('migrations', () => {
  const tables = `select table_name from information_schema.tables where table_schema = 'public' order by 1`

  it('go down to nothing and up again', async () => {
    const { url, pool } = await database()
    const env = { DATABASE_URL: url, PAYLOAD_SECRET: TEST_SECRET }
    expect(await run('migrate', env)).toMatchObject({ code: 0 })
    const before = (await pool.query(tables)).rows
    expect(before.length).toBeGreaterThan(20)
    expect(await run('migrate', env, ['down'])).toMatchObject({ code: 0 })
    expect((await pool.query(tables)).rows).toEqual([])
    expect((await pool.query(`select typname from pg_type where typname ~ '^(hub_|enum_)'`)).rows).toEqual([])
    expect(await run('migrate', env)).toMatchObject({ code: 0 })
    expect((await pool.query(tables)).rows).toEqual(before)
  })

  it('on an empty schema have nothing to take back, and say so', async () => {
    const { url, pool } = await database()
    const env = { DATABASE_URL: url, PAYLOAD_SECRET: TEST_SECRET }
    const { code, output } = await run('migrate', env, ['down'])
    expect(code).toBe(0)
    expect(output).toContain('There is no migration to take back')
    expect(output).not.toMatch(/\n\s+at |rror/)
    expect((await pool.query(tables)).rows).toEqual([])
  })
})
