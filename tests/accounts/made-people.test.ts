import { afterAll, expect, test } from '@jest/globals'
import pg from 'pg'
import { call } from '../support/client'
import { newlyRegistered, newUser, type Person, signIn } from '../support/people'
import { hubDatabaseUrl } from '../support/run'

const pool = new pg.Pool({ connectionString: hubDatabaseUrl(), max: 1 })

afterAll(() => pool.end())

/** Everything that the database holds of a person but mails and audit entries, without ids, times, addresses and hashes. */
async function rowsOf({ id }: Person): Promise<Record<string, unknown>> {
  const { rows } = await pool.query<{ table: string; column: string }>(
    `select table_name as table, column_name as column from information_schema.columns
     where table_schema = 'public' and column_name in ('user_id', 'id') and table_name <> 'audit_log'
       and (column_name = 'user_id' or table_name = 'users')`,
  )
  const found: Record<string, unknown> = {}
  for (const { table, column } of rows) {
    const { rows: own } = await pool.query<{ row: Row }>(
      `select to_jsonb(t) as row from ${table} t where t.${column} = $1`,
      [id],
    )
    if (own.length > 0) found[table] = own.map(({ row }) => shapeOf(row))
  }
  const { rows: tokens } = await pool.query<{ row: Row }>(
    `select to_jsonb(t) as row from refresh_tokens t join sessions s on s.id = t.session_id where s.user_id = $1`,
    [id],
  )
  return { ...found, refresh_tokens: tokens.map(({ row }) => shapeOf(row)) }
}

type Row = Record<string, unknown>

/** Ids, hashes and addresses as their kind; times as the hours between them and the creation. */
function shapeOf(row: Row): Row {
  const of = (name: string, value: unknown) => {
    if (/(^|_)(id|hash)$|^(email|address|network)$/.test(name)) return typeof value
    const at = typeof value === 'string' && /^\d{4}-\d\d-\d\dT/.test(value) ? Date.parse(value) : null
    return at === null ? value : `in ${Math.round((at - Date.now()) / 3_600_000)} h`
  }
  return Object.fromEntries(Object.entries(row).map(([name, value]) => [name, of(name, value)]))
}

const claimsOf = ({ token }: Person) => {
  const { iat, exp, ...claims } = JSON.parse(
    Buffer.from(token.split('.')[1] as string, 'base64url').toString(),
  ) as Record<string, number>
  return { names: Object.keys(claims).sort(), life: (exp as number) - (iat as number) }
}

test('a person made for a test is what registration and sign-in leave', async () => {
  const [made, registered] = [await newUser(), await newlyRegistered()]
  const rows = await rowsOf(made)
  expect(Object.keys(rows)).toEqual(expect.arrayContaining(['users', 'credentials', 'sessions']))
  expect(rows).toEqual(await rowsOf(registered))
  expect(claimsOf(made)).toEqual(claimsOf(registered))
})

test('their tokens and their password are accepted', async () => {
  const { id, email, password, token, refreshToken } = await newUser()
  expect((await call<{ id: string }>('GET', '/users/me', { token })).data.id).toBe(id)
  const refreshed = await call('POST', '/auth/refresh', { body: { refresh_token: refreshToken } })
  expect(refreshed.status).toBe(200)
  expect((await signIn(email, password)).token).not.toBe(token)
})
