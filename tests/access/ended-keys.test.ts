import { beforeAll, describe, expect, test } from '@jest/globals'
import { call } from '../support/client'
import { newKey, newUser, type Person } from '../support/people'
import { ask } from './callers'

let person: Person

beforeAll(async () => {
  person = await newUser()
})

const change = (id: string, body: object) =>
  ask('PATCH', `/api/api-keys/${id}`, { token: person.token, body })
const works = async (key: string) => (await call('GET', '/users/me', { key })).status === 200
const fieldOf = (body: unknown) =>
  (body as { errors: { data: { details: { field: string }[] } }[] }).errors[0]?.data.details[0]?.field

const PAST = '2020-01-01T00:00:00.000Z'
const LATER = ['2030-01-01T00:00:00.000Z', null, '2999-01-01', 3000]

/** Whoever ended a key may rely on it: what leaked does not come back. */
describe('a key that has ended', () => {
  test.each([
    ['expired', { expiresAt: PAST }],
    ['revoked', { active: false }],
    ['both', { active: false, expiresAt: PAST }],
  ])('%s: is never extended', async (_how, end) => {
    const { id, key } = await newKey(person)
    expect((await change(id, end)).status).toBe(200)
    expect(await works(key)).toBe(false)
    for (const expiresAt of 'expiresAt' in end ? LATER : LATER.filter((one) => one !== null)) {
      const refused = await change(id, { expiresAt })
      expect([expiresAt, refused.status, fieldOf(refused.body)]).toEqual([expiresAt, 400, 'expiresAt'])
    }
    expect((await change(id, { active: true, expiresAt: LATER[0] })).status).toBe(400)
    expect(await works(key)).toBe(false)
  })

  test('may still be renamed, and set to another end that has passed', async () => {
    const { id } = await newKey(person)
    await change(id, { expiresAt: PAST })
    expect((await change(id, { name: 'old', expiresAt: PAST })).status).toBe(200)
    expect((await change(id, { expiresAt: '2021-01-01T00:00:00.000Z' })).status).toBe(200)
  })

  test('one that lives may be given a later end, and none', async () => {
    const { id, key } = await newKey(person)
    for (const expiresAt of LATER.slice(0, 3)) expect((await change(id, { expiresAt })).status).toBe(200)
    expect(await works(key)).toBe(true)
  })
})
