// Guards against sign-in from another site: a foreign page can neither set the hub's cookies nor use a visitor's.
import { get } from 'node:http'
import { beforeAll, describe, expect, test } from '@jest/globals'
import { newUser, type Person } from '../support/people'
import { hubUrl } from '../support/run'
import { type Answer, ask } from './callers'

const EVIL = { origin: 'https://evil.example' }
const CROSS = { 'sec-fetch-site': 'cross-site' }
const FORM = 'application/x-www-form-urlencoded'

let person: Person
let cookie: string

const cookiesOf = ({ headers }: Answer) =>
  headers
    .getSetCookie()
    .map((line) => line.split(';')[0])
    .join('; ')
const login = (headers: Record<string, string> = {}) =>
  ask('POST', '/api/users/login', { body: { email: person.email, password: person.password }, headers })
const refused = ({ status, headers, body }: Answer) => ({
  status,
  cookies: headers.getSetCookie(),
  name: (body as { errors?: { name?: string; extensions?: { name: string } }[] }).errors?.map(
    ({ name, extensions }) => name ?? extensions?.name,
  ),
})
const FORBIDDEN = { status: 403, cookies: [], name: ['FORBIDDEN'] }

/** By `node:http`, as `fetch` writes headers of its own over these. */
const statusOf = (path: string, headers: Record<string, string>) =>
  new Promise<number | undefined>((resolve, reject) => {
    get(`${hubUrl()}${path}`, { headers }, (answer) => resolve(answer.resume().statusCode)).once(
      'error',
      reject,
    )
  })

beforeAll(async () => {
  person = await newUser()
  cookie = cookiesOf(await login())
})

describe('a page of another site', () => {
  test.each([
    ['JSON', 'application/json', (who: Person) => JSON.stringify(who)],
    [
      'a form',
      FORM,
      (who: Person) => new URLSearchParams({ email: who.email, password: who.password }).toString(),
    ],
  ])('signs nobody in by %s', async (_what, type, raw) => {
    for (const from of [EVIL, CROSS, { origin: 'null' }, { ...CROSS, 'sec-fetch-mode': 'navigate' }]) {
      const headers = { ...from, 'content-type': type }
      const answer = await ask('POST', '/api/users/login', { raw: raw(person), headers })
      expect(refused(answer)).toEqual(FORBIDDEN)
    }
  })

  test('nor by a multipart form', async () => {
    const form = new FormData()
    form.set('_payload', JSON.stringify({ email: person.email, password: person.password }))
    expect(refused(await ask('POST', '/api/users/login', { body: form, headers: CROSS }))).toEqual(FORBIDDEN)
    expect((await ask('POST', '/api/users/login', { body: form })).headers.getSetCookie()).not.toEqual([])
  })

  test('by plain text neither', async () => {
    const headers = { ...EVIL, 'content-type': 'text/plain' }
    const answer = await ask('POST', '/api/users/login', { raw: JSON.stringify(person), headers })
    expect(answer.status).toBeGreaterThanOrEqual(400)
    expect(answer.headers.getSetCookie()).toEqual([])
  })

  test('sets no cookie by GraphQL', async () => {
    for (const [query, headers] of [
      [`mutation { loginUser(email: "${person.email}", password: "${person.password}") { token } }`, EVIL],
      ['mutation { refreshTokenUser { refreshedToken } }', { ...EVIL, cookie }],
      ['mutation { logoutUser }', CROSS],
    ] as [string, Record<string, string>][]) {
      const { cookies, name } = refused(await ask('POST', '/api/graphql', { body: { query }, headers }))
      expect([cookies, name]).toEqual([[], ['FORBIDDEN']])
    }
  })

  test.each([
    ['POST', '/api/users/refresh-token'],
    ['POST', '/api/users/logout'],
    ['GET', '/api/users/me'],
    ['GET', '/api/tools'],
    ['GET', '/api/globals/settings'],
    ['GET', '/api/media/file/logo.webp'],
    ['GET', '/api/audit-logs/export'],
    ['POST', '/api/panel/ledger/check'],
    ['POST', '/api/payload-preferences/x'],
    ['DELETE', '/api/media?where[id][exists]=true'],
    ['POST', '/api/graphql'],
  ])('uses no cookie: %s %s', async (method, path) => {
    const body = method === 'POST' ? { body: { query: '{ Tools { totalDocs } }' } } : {}
    for (const from of [EVIL, CROSS, { 'sec-fetch-site': 'same-site' }]) {
      const answer = await ask(method, path, { ...body, headers: { ...from, cookie } })
      expect(refused(answer)).toEqual(FORBIDDEN)
    }
    expect((await ask('GET', '/api/tools', { headers: { cookie } })).status).toBe(200)
  })
})

describe('others may', () => {
  test('the hub’s own pages, under whichever name they were opened', async () => {
    const own: Record<string, string>[] = [{ origin: hubUrl() }, { 'sec-fetch-site': 'same-origin' }]
    for (const from of own) {
      expect((await login(from)).status).toBe(200)
      expect((await ask('GET', '/api/tools', { headers: { cookie, ...from } })).status).toBe(200)
    }
  })

  test('a program, and somebody who follows a link', async () => {
    const link = { ...CROSS, 'sec-fetch-mode': 'navigate', 'sec-fetch-dest': 'document' }
    expect(await statusOf('/api/tools', { cookie })).toBe(200)
    expect(await statusOf('/api/tools', { cookie, ...link })).toBe(200)
    expect(await statusOf('/api/tools', { cookie, ...link, 'sec-fetch-dest': 'iframe' })).toBe(403)
  })

  test('a page of another site with a credential of its own, beside whatever cookie', async () => {
    const headers = { ...EVIL, cookie, authorization: `Bearer ${person.token}` }
    expect((await ask('GET', '/api/tools', { headers })).status).toBe(200)
    expect(
      (await ask('GET', '/api/tools', { headers: { ...headers, authorization: `JWT ${person.token}` } }))
        .status,
    ).toBe(200)
  })
})
