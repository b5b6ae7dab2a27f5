// Guards against an account that changes hands unnoticed: what an admin changes of it is mailed to its owner.
import { afterAll, beforeAll, expect, test } from '@jest/globals'
import type { Pool } from 'pg'
import { adminSession } from '../support/catalogue'
import { newUser, unique } from '../support/people'
import { ask, hubDatabase } from './callers'
import { field } from './operations'

let db: Pool
let headers: Record<string, string>

beforeAll(async () => {
  db = hubDatabase()
  headers = { authorization: `Bearer ${(await adminSession()).token}` }
})
afterAll(() => db.end())

const told = async (...emails: string[]) => {
  const found = await db.query<{ recipient: string; subject: string }>(
    `select recipient, subject from mail_outbox where recipient = any ($1) and subject like '%was changed' order by id`,
    [emails],
  )
  return found.rows.map(({ recipient, subject }) => [recipient, /password|address/.exec(subject)?.[0]])
}
const byRest = async (id: string, data: object) =>
  expect((await ask('PATCH', `/api/users/${id}`, { headers, body: data })).status).toBe(200)
const byGraphql = async (id: string, data: object) =>
  expect((await field('updateUser', { id, data }, '{ id }', headers))?.text).not.toContain('errors')

test.each([
  ['REST', byRest],
  ['GraphQL', byGraphql],
])('a new password and a new address, by %s', async (_name, change) => {
  const { id, email } = await newUser()
  const moved = `${unique('moved')}@example.org`
  await change(id, { name: 'Another name' })
  expect(await told(email)).toEqual([])
  await change(id, { password: 'N3w-horse-battery' })
  expect(await told(email)).toEqual([[email, 'password']])
  await change(id, { email: moved, password: 'N3w-horse-battery-2' })
  expect(await told(email, moved)).toEqual([
    [email, 'password'],
    [email, 'password'],
    [email, 'address'],
    [moved, 'address'],
  ])
})

test('a change that fails tells nobody', async () => {
  const [one, other] = await Promise.all([newUser(), newUser()])
  const body = { email: other.email, password: 'N3w-horse-battery' }
  expect((await ask('PATCH', `/api/users/${one.id}`, { headers, body })).status).toBe(400)
  expect(await told(one.email, other.email)).toEqual([])
})
