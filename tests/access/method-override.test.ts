/** Protects against a request that means another method to Payload than to the guards before it. */
import { beforeAll, expect, test } from '@jest/globals'
import { newUser, type Person } from '../support/people'
import { ask } from './callers'

const HEADERS = ['X-Payload-HTTP-Method-Override', 'X-HTTP-Method-Override']
let person: Person

beforeAll(async () => {
  person = await newUser()
})

function post(path: string, raw: string, headers: Record<string, string>) {
  return ask('POST', path, { token: person.token, raw, headers })
}

const FORM = { 'content-type': 'application/x-www-form-urlencoded' }

test.each(HEADERS)('%s: a form is the query of a GET, with the guards of one', async (name) => {
  const headers = { ...FORM, [name]: 'GET' }
  const mine = await post('/api/users', `where[id][equals]=${person.id}&depth=0`, headers)
  expect(mine.body).toMatchObject({ totalDocs: 1, docs: [{ id: person.id }] })
  const joined = await post('/api/users?depth=0', `where[id][equals]=${person.id}`, headers)
  expect(joined.body).toMatchObject({ totalDocs: 1, docs: [{ id: person.id }] })
  expect((await post('/api/users?depth=0', 'depth=5', headers)).text).toContain('more than once')
  expect((await post('/api/users', 'where[a.b.c.d.e][equals]=1', headers)).text).toContain('at most 4 steps')
  expect((await post('/api/users', 'where[name][equals]=%00', headers)).status).toBe(400)
  expect((await post('/api/graphql', 'query=x', headers)).status).toBe(405)
})

test.each(HEADERS)('%s: every other use is refused', async (name) => {
  const json = { 'content-type': 'application/json' }
  for (const method of ['GET', 'DELETE', 'PATCH', 'get'])
    expect((await post('/api/users', '{"limit":5}', { ...json, [name]: method })).status).toBe(400)
  expect((await post('/api/users', 'a=1', { ...FORM, [name]: 'DELETE' })).status).toBe(400)
  const changed = await ask('PATCH', `/api/users/${person.id}`, {
    token: person.token,
    body: { name: 'X Y' },
    headers: { [name]: 'GET' },
  })
  expect(changed.status).toBe(400)
})
