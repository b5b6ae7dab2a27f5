import { afterAll, beforeAll, describe, expect, jest, test } from '@jest/globals'
import type pg from 'pg'
import { type Answer, ask, hubDatabase } from '../access/callers'
import { newAdminSession, newUser, type Person } from '../support/people'

// Lists without an upper bound: one request loads so many rows that the process stops for everybody else.

jest.setTimeout(120_000)

const ROWS = 1_100
let database: pg.Pool
let owner: Person
let admin: Record<string, string>

beforeAll(async () => {
  database = hubDatabase()
  const session = await newAdminSession()
  admin = { authorization: `Bearer ${session.token}` }
  owner = await newUser()
  await database.query(ADD_REFUSALS, [owner.id, ROWS])
  await database.query(ADD_PREFERENCES, [owner.id, ROWS])
})

afterAll(async () => {
  await database?.query('delete from refusals where user_id = $1', [owner.id])
  await database?.query('delete from payload_preferences where key like $1', [`${owner.id}-%`])
  await database?.end()
})

const ADD_REFUSALS = `
  insert into refusals (id, at, user_id, layer, reason, code, message, request_id)
  select gen_random_uuid(), now(), $1, 'rate', 'test', 'RATE_LIMITED', 'x', 'x' from generate_series(1, $2::int)`
const ADD_PREFERENCES = `
  with made as (
    insert into payload_preferences (id, key, value)
    select gen_random_uuid(), $1::uuid || '-' || at, '{}' from generate_series(1, $2::int) at returning id)
  insert into payload_preferences_rels (parent_id, path, users_id) select id, 'user', $1::uuid from made`

type Page = { docs: Record<string, unknown>[]; limit: number; totalDocs: number; hasNextPage: boolean }
const list = (query: string) =>
  ask('GET', `/api/refusals?where[user][equals]=${owner.id}&${query}`, { headers: admin })
const graphql = (query: string, variables?: object, operationName?: string) =>
  ask('POST', '/api/graphql', { headers: admin, body: { query, variables, operationName } })
const times = (count: number, make: (at: number) => string) =>
  `{ ${Array.from({ length: count }, (_, at) => make(at)).join(' ')} }`
const refused = ({ status, text }: Answer) => {
  expect([status, text.slice(0, 300)]).toEqual([400, expect.stringMatching(/at most 1000|whole number/i)])
}

describe('REST', () => {
  test.each(['limit=0', 'limit=100000', 'pagination=false', 'limit=0&pagination=false', 'limit=1e9'])(
    '%s is a page of the maximum, and says so',
    async (query) => {
      const page = (await list(query)).body as Page
      expect(page.docs).toHaveLength(1_000)
      expect(page).toMatchObject({ limit: 1_000, totalDocs: ROWS, hasNextPage: true })
      const rest = (await list(`${query}&page=2`)).body as Page
      expect(rest).toMatchObject({ hasNextPage: false, docs: { length: ROWS - 1_000 } })
    },
  )

  test.each(['limit=', ''])('no limit (%s) is the usual page', async (query) => {
    const page = (await list(query)).body as Page
    expect([page.docs.length, page.limit]).toEqual([10, 10])
  })

  test.each(['limit=-1', 'limit=1.5', 'limit=x', 'limit=%20', 'limit=NaN', 'limit=Infinity'])(
    '%s is refused',
    async (query) => {
      refused(await list(query))
      refused(await ask('GET', `/api/tools/versions?${query}`, { headers: admin }))
    },
  )

  test('a form in place of an address is bounded alike', async () => {
    const headers = {
      ...admin,
      'content-type': 'application/x-www-form-urlencoded',
      'x-payload-http-method-override': 'GET',
    }
    const answer = await ask('POST', '/api/refusals', { headers, raw: 'limit=0&depth=0' })
    expect((answer.body as Page).docs).toHaveLength(1_000)
  })

  test('relations are populated as long as the rows of the request allow it', async () => {
    const user = async (query: string) => ((await list(query)).body as Page).docs[0]?.user
    expect(await user('limit=999&depth=1')).toMatchObject({ id: owner.id })
    expect(await user('limit=1000&depth=1')).toBe(owner.id)
  })

  test('joins count as rows', async () => {
    const users = (query: string) => ask('GET', `/api/users?${query}`, { headers: admin })
    refused(await users('limit=100&joins[subscription][limit]=100'))
    refused(await users('joins[subscription][limit]=0'))
    refused(await users('joins[subscription][limit]=-5'))
    refused(await users('joins[subscription][limit]=100000'))
    refused(await ask('GET', `/api/users/${owner.id}?joins[subscription][limit]=5000`, { headers: admin }))
    const asked = (await users('limit=0&joins[subscription][limit]=99')).body as Page
    expect(asked.limit).toBe(10)
    const usual = (await users('limit=0')).body as Page
    expect([usual.limit, 'subscription' in (usual.docs[0] ?? {})]).toEqual([1_000, true])
  })

  test.each(['api-keys', 'audit-logs', 'payload-locked-documents', 'payload-preferences', 'tools/versions'])(
    'limit=0 of %s is the maximum too',
    async (path) => {
      const page = (await ask('GET', `/api/${path}?limit=0`, { headers: admin })).body as Page
      expect(page.limit).toBe(1_000)
    },
  )

  test.each(['', '&limit=', '&limit=0', '&limit=5'])(
    'a bulk deletion of more is refused (%s)',
    async (limit) => {
      const path = `/api/payload-preferences?where[key][like]=${owner.id}${limit}`
      const headers = { authorization: `Bearer ${owner.token}` }
      refused(await ask('DELETE', path, { headers }))
      const kept = await database.query('select from payload_preferences where key like $1', [
        `${owner.id}-%`,
      ])
      expect(kept.rowCount).toBe(ROWS)
    },
  )

  test('a bulk change within the maximum is made', async () => {
    const headers = { authorization: `Bearer ${owner.token}` }
    const path = `/api/payload-preferences?where[key][like]=${owner.id}-11`
    const answer = await ask('DELETE', `${path}&limit=0`, { headers })
    expect([answer.status, (answer.body as Page).docs.length > 1]).toEqual([200, true])
    await database.query(ADD_PREFERENCES, [owner.id, (answer.body as Page).docs.length])
  })
})

/** What it is, the document, its variables and the name of the operation. */
type Row = [string, string, object?, string?]

describe('GraphQL', () => {
  const mine = () => `where: {user: {equals: "${owner.id}"}}`

  test('limit 0 and no pagination are a page of the maximum', async () => {
    for (const asked of ['limit: 0', 'pagination: false', 'pagination: null']) {
      const { body } = await graphql(`{ Refusals(${mine()}, ${asked}) { limit hasNextPage docs { id } } }`)
      const { data } = body as { data: { Refusals: Page } }
      expect(data.Refusals).toMatchObject({ limit: 1_000, hasNextPage: true, docs: { length: 1_000 } })
    }
  })

  test.each<Row>([
    ['a limit above the maximum', '{ Refusals(limit: 1001) { limit } }'],
    ['a negative limit', '{ Refusals(limit: -1) { limit } }'],
    ['a variable', 'query ($n: Int) { Refusals(limit: $n) { limit } }', { n: 100_000 }],
    ['the default of a variable', 'query ($n: Int = 5000) { Refusals(limit: $n) { limit } }'],
    ['twenty aliases', times(20, (at) => `a${at}: Refusals(limit: 0) { totalDocs }`)],
    ['aliases of different lists', '{ Refusals(limit: 600) { limit } Tools(limit: 600) { limit } }'],
    ['a fragment twice', '{ ...f ...f } fragment f on Query { Refusals(limit: 600) { limit } }'],
    [
      'inline fragments',
      '{ ... on Query { Refusals(limit: 600) { limit } } ... { Users(limit: 600) { limit } } }',
    ],
    ['versions', '{ a: versionsTools(limit: 600) { limit } b: versionsTools(limit: 600) { limit } }'],
    ['a join of each row', '{ Users(limit: 100) { docs { subscription(limit: 10) { docs { id } } } } }'],
    ['a join without its limit', '{ Users(limit: 100) { docs { subscription { docs { id } } } } }'],
    [
      'a join below a relation',
      '{ Refusals(limit: 100) { docs { user { subscription { docs { id } } } } } }',
    ],
    [
      'a negative limit of a join',
      '{ Users(limit: 1) { docs { subscription(limit: -1) { docs { id } } } } }',
    ],
    ['a relation of each row', '{ Refusals(limit: 600) { docs { user { id } } } }'],
    [
      'a directive that lets it in',
      'query ($on: Boolean!) { Refusals(limit: 600) { limit } Users(limit: 600) @include(if: $on) { limit } }',
      { on: true },
    ],
    [
      'the operation that is asked for',
      'query A { meUser { exp } } query B { Refusals(limit: 2000) { limit } }',
      {},
      'B',
    ],
    [
      'what a mutation answers',
      'mutation { updateUser(id: "x", data: {}) { subscription(limit: 5000) { docs { id } } } }',
    ],
  ])('a document that could pass it is refused: %s', async (...[, query, variables, operation]: Row) => {
    const answer = await graphql(query, variables, operation)
    refused(answer)
    expect(answer.body).not.toHaveProperty('data')
  })

  test.each<Row>([
    ['twenty aliases', times(20, (at) => `a${at}: Refusals(limit: 50) { totalDocs }`)],
    ['a join of each row', '{ Users(limit: 90) { docs { subscription { docs { id } hasNextPage } } } }'],
    [
      'a directive that leaves it out',
      'query ($on: Boolean!) { Refusals(limit: 600) { limit } Users(limit: 600) @include(if: $on) { limit } }',
      { on: false },
    ],
    [
      'another operation of the document',
      'query A { meUser { exp } } query B { Refusals(limit: 2000) { limit } }',
      {},
      'A',
    ],
  ])('a document within it is answered: %s', async (...[, query, variables, operation]: Row) => {
    const answer = await graphql(query, variables, operation)
    expect([answer.status, (answer.body as { errors?: unknown }).errors]).toEqual([200, undefined])
  })
})
