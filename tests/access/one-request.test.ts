/**
 * Protects against state that leaks from one operation to another of the same request: the root fields of a GraphQL
 * document, the documents of a bulk operation. A flag, a password or a user of the first must not count for the second.
 */
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals'
import type pg from 'pg'
import { newTool } from '../support/catalogue'
import { call } from '../support/client'
import { newSubscriber } from '../support/people'
import { adminLogin } from '../support/run'
import { startUpstream, type Upstream } from '../support/upstream'
import { ask, type Cast, castOfCallers, hubDatabase } from './callers'

let db: pg.Pool
let cast: Cast
let upstream: Upstream
let elsewhere: Upstream

beforeAll(async () => {
  db = hubDatabase()
  cast = await castOfCallers()
  upstream = await startUpstream()
  elsewhere = await startUpstream()
})
afterAll(async () => {
  await Promise.all([upstream.close(), elsewhere.close()])
  await db.end()
})

const SECRET = 'only-for-the-first-host'

async function document(query: string, variables: object, caller: keyof Cast['headers'] = 'admin') {
  const { body } = await ask('POST', '/api/graphql', {
    headers: cast.headers[caller],
    body: { query, variables },
  })
  return body as { data: Record<string, Record<string, unknown> | null>; errors?: { path: string[] }[] }
}

async function toolWithVersion() {
  const tool = await newTool(`${upstream.url}/echo`, { headers: { 'X-Secret': SECRET } })
  const { rows } = await db.query<{ id: string }>('select id from _tools_v where parent_id = $1', [tool.id])
  return { ...tool, version: rows[0]?.id as string }
}

const secretsOf = async (id: string) =>
  (await db.query('select name from tool_secrets where tool_id = $1', [id])).rows.length

async function invokeAsOwner(slug: string): Promise<void> {
  await call('POST', `/tools/${slug}/invoke`, { token: cast.owner.token, body: { input: { a: 1 } } })
}

describe('a tool that moves in the same document as something else', () => {
  const RESTORE = 'restoreVersionTool(id: $version, draft: true) { id }'
  const MOVE = 'updateTool(id: $id, draft: true, data: $data) { id }'
  const DOCUMENTS = {
    'a restored draft before it': `a: ${RESTORE} b: ${MOVE}`,
    'a restored draft after it': `a: ${MOVE} b: ${RESTORE}`,
    'a saved draft before it': `a: updateTool(id: $id, draft: true, data: { category: "x", _status: draft }) { id } b: ${MOVE}`,
    'a failing restore before it': `a: restoreVersionTool(id: $id, draft: true) { id } b: ${MOVE}`,
    'two restored drafts before it': `a: ${RESTORE} b: ${RESTORE} c: ${MOVE}`,
  }
  test.each(Object.entries(DOCUMENTS))('keeps no secret: %s', async (_title, fields) => {
    const tool = await toolWithVersion()
    const data = { _status: 'published', endpoint: `${elsewhere.url}/echo` }
    const variables = { id: tool.id, version: tool.version, data }
    const used = fields.includes('$version') ? '$version: String!, ' : ''
    await document(`mutation(${used}$id: String!, $data: mutationToolUpdateInput!) { ${fields} }`, variables)
    const { rows } = await db.query<{ endpoint: string }>('select endpoint from tools where id = $1', [
      tool.id,
    ])
    expect(rows[0]?.endpoint).toBe(data.endpoint)
    expect(await secretsOf(tool.id)).toBe(0)
    await invokeAsOwner(tool.slug)
    expect(elsewhere.lastHeaders('/echo')['x-secret']).toBeUndefined()
  })

  test('a draft of another tool refuses no secret of this one, and takes none of it', async () => {
    const [one, two] = [await toolWithVersion(), await toolWithVersion()]
    const query = `mutation($one: String!, $two: String!, $data: mutationToolUpdateInput!) {
      a: updateTool(id: $one, draft: true, data: { category: "x", _status: draft }) { id }
      b: updateTool(id: $two, data: $data) { id }
      c: updateTool(id: $one, data: { category: "y", _status: published }) { id } }`
    const data = { _status: 'published', secretHeaders: { 'X-More': 'another' } }
    const { errors } = await document(query, { one: one.id, two: two.id, data })
    expect(errors).toBeUndefined()
    expect([await secretsOf(one.id), await secretsOf(two.id)]).toEqual([1, 2])
  })
})

describe('a password', () => {
  const hashOf = async (id: string) =>
    (
      await db.query<{ password_hash: string }>('select password_hash from credentials where user_id = $1', [
        id,
      ])
    ).rows[0]?.password_hash

  test('that one field failed to set is not set by the next, for this account or a new one', async () => {
    const [owner, other] = [cast.owner.id, cast.other.id]
    const before = [await hashOf(owner), await hashOf(other)]
    const { data, errors } = await document(
      `mutation($owner: String!, $other: String!) {
        a: updateUser(id: $other, data: { password: "Another-horse-7!", email: "bad" }) { id }
        b: updateUser(id: $owner, data: { name: "Renamed" }) { id }
        c: updateUser(id: $other, data: { name: "Renamed too" }) { id } }`,
      { owner, other },
    )
    expect(errors?.map(({ path }) => path)).toEqual([['a']])
    expect(data.b).toEqual({ id: owner })
    expect([await hashOf(owner), await hashOf(other)]).toEqual(before)
  })

  test('is set for the account that it was given for', async () => {
    const [owner, other] = [cast.owner.id, cast.other.id]
    const before = [await hashOf(owner), await hashOf(other)]
    await document(
      `mutation($owner: String!, $other: String!) {
        a: updateUser(id: $owner, data: { name: "Once more" }) { id }
        b: updateUser(id: $other, data: { password: "Another-horse-7!" }) { id } }`,
      { owner, other },
    )
    expect(await hashOf(owner)).toBe(before[0])
    expect(await hashOf(other)).not.toBe(before[1])
  })
})

describe('who signs in in one field', () => {
  test('is not the caller of the next', async () => {
    const { email, password } = adminLogin()
    const { data } = await document(
      `mutation($email: String!, $password: String!, $id: String!) {
        a: loginUser(email: $email, password: $password) { user { email } }
        b: updateUser(id: $id, data: { role: admin }) { role } }`,
      { email, password, id: cast.owner.id },
      'owner',
    )
    expect(data.a).toEqual({ user: { email } })
    const { rows } = await db.query<{ role: string }>('select role from users where id = $1', [cast.owner.id])
    expect(rows).toEqual([{ role: 'user' }])
  })

  test('sees in its own answer what belongs to them', async () => {
    const { email, password, id } = await newSubscriber()
    const { data } = await document(
      `mutation($email: String!, $password: String!) {
        loginUser(email: $email, password: $password) { user { id subscription { docs { status } } } } }`,
      { email, password },
      'anonymous',
    )
    expect(data.loginUser).toEqual({ user: { id, subscription: { docs: [{ status: 'active' }] } } })
  })
})
