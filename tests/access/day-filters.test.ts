// Guards against filters that find nothing for what is there: asked of the generated API, whatever the collection.
import { beforeAll, expect, test } from '@jest/globals'
import { adminSession } from '../support/catalogue'
import { newKey, newUser, type Person } from '../support/people'
import { ask } from './callers'

let person: Person
let headers: Record<string, string>

beforeAll(async () => {
  person = await newUser()
  await newKey(person)
  headers = { authorization: `Bearer ${(await adminSession()).token}` }
})

const total = async (path: string) => {
  const { status, body, text } = await ask('GET', path, { headers })
  if (status !== 200) throw new Error(text)
  return (body as { totalDocs: number }).totalDocs
}

test('a day finds what lies in it, and another does not', async () => {
  const { body } = await ask('GET', `/api/users/${person.id}`, { headers })
  const { createdAt } = body as { createdAt: string }
  const today = createdAt.slice(0, 10)
  const mine = `/api/users?where[id][equals]=${person.id}&where[createdAt]`
  expect(await total(`${mine}[equals]=${today}`)).toBe(1)
  expect(await total(`${mine}[in]=2020-01-01,${today}`)).toBe(1)
  expect(await total(`${mine}[not_equals]=${today}`)).toBe(0)
  expect(await total(`${mine}[equals]=2020-01-01`)).toBe(0)
  expect(await total(`${mine}[not_equals]=2020-01-01`)).toBe(1)
  expect(await total(`${mine}[equals]=${createdAt}`)).toBe(1)
  const keys = `/api/api-keys?where[user][equals]=${person.id}&where[user.createdAt][equals]`
  expect([await total(`${keys}=${today}`), await total(`${keys}=2020-01-01`)]).toEqual([1, 0])
  expect(await total(`/api/audit-logs?where[at][equals]=${today}&limit=1`)).toBeGreaterThan(0)
  expect(await total(`/api/usage-logs?where[createdAt][equals]=2020-01-01`)).toBe(0)
})
