import { afterAll, beforeAll, describe, expect, test } from '@jest/globals'
import type { Pool } from 'pg'
import { adminSession } from '../support/catalogue'
import { newKey, newUser, PASSWORD, type Person, unique } from '../support/people'
import { ask, hubDatabase } from './callers'
import { field } from './operations'

let db: Pool
let person: Person
let keyId: string

beforeAll(async () => {
  db = hubDatabase()
  person = await newUser()
  keyId = (await newKey(person)).id
})
afterAll(() => db.end())

const BAD = ['   ', '', 'a\u0007b', 'two\nlines', '\u0085x\u0085y', 'x'.repeat(101), null, 5, { a: 1 }]

/** A name keeps one set of rules, through whichever door it comes. */
describe.each([
  ['users', () => person.id, 'updateUser', 'users'],
  ['api-keys', () => keyId, 'updateApiKey', 'api_keys'],
] as const)('a name of %s', (collection, id, mutation, table) => {
  const change = (name: unknown) =>
    ask('PATCH', `/api/${collection}/${id()}`, { token: person.token, body: { name } })
  const stored = async () => (await db.query(`select name from ${table} where id = $1`, [id()])).rows[0].name

  test('is trimmed', async () => {
    expect((await change('  Ada Lovelace \t')).status).toBe(200)
    expect(await stored()).toBe('Ada Lovelace')
  })

  test.each(BAD)('is refused by REST: %j', async (name) => {
    const before = await stored()
    expect((await change(name)).status).toBe(400)
    expect(await stored()).toBe(before)
  })

  test('is refused by GraphQL', async () => {
    const before = await stored()
    const headers = { authorization: `Bearer ${person.token}` }
    await field(mutation, { id: id(), data: { name: ' \t ' } }, '{ id }', headers)
    await field(mutation, { id: id(), data: { name: 'a\u0001b' } }, '{ id }', headers)
    expect(await stored()).toBe(before)
  })

  test('that is older than the rules stands in the way of no other change', async () => {
    await db.query(`update ${table} set name = E'old\\nname' where id = $1`, [id()])
    const body = collection === 'users' ? { avatar: null } : { expiresAt: '2030-01-01T00:00:00.000Z' }
    expect((await ask('PATCH', `/api/${collection}/${id()}`, { token: person.token, body })).status).toBe(200)
    await change('new name')
  })
})

describe('a new document', () => {
  test('keeps the rules of names too', async () => {
    const { token } = await adminSession()
    const user = (name: string) => ({ name, email: `${unique('n')}@example.org`, password: PASSWORD })
    expect((await ask('POST', '/api/users', { token, body: user(' \t') })).status).toBe(400)
    expect((await ask('POST', '/api/users', { token, body: user('a\u0000b') })).status).toBe(400)
    expect((await ask('POST', '/api/users', { token, body: user(' Bea ') })).body).toMatchObject({
      doc: { name: 'Bea' },
    })
    const key = (name: string) => ask('POST', '/api/api-keys', { token: person.token, body: { name } })
    expect((await key('  ')).status).toBe(400)
    expect((await key('a\u001bb')).status).toBe(400)
    expect((await key(' k ')).body).toMatchObject({ doc: { name: 'k' } })
  })
})
