// The kind: as in host.test.ts, but on another path than the operation itself: files, relations, filters, the order of a
// list.
import { afterAll, beforeAll, describe, expect, jest, test } from '@jest/globals'
import type { CollectionSlug } from 'payload'
import { unique } from '../support/people'
import { newTarget } from './host/documents'
import { query } from './host/graphql'
import { CLOSED_OUT, hostPeople, json, type People, type Person } from './host/people'
import { type Host, startHost } from './host/start'

jest.setTimeout(60_000)

let host: Host
let people: People
let secret: string
let page: { id: string }
beforeAll(async () => {
  host = await startHost(['guestbook.create'])
  people = await hostPeople(host)
  secret = unique('secret')
  const made = async (slug: string, data: object) =>
    (await host.payload.create({ collection: slug as CollectionSlug, data: data as never })) as unknown as {
      id: string
    }
  const note = await made('notes', { title: secret, _status: 'published' })
  const post = await made('posts', { title: secret })
  page = await made('pages', { title: 'Open', note: note.id, posts: [post.id] })
})
afterAll(() => host.close())

const get = async (person: Person, path: string) => {
  const response = await host.rest(json('GET', path, person.headers))
  return { status: response.status, text: await response.text() }
}

describe('what a file of the host holds', () => {
  test.each(CLOSED_OUT)('is not sent to: %s', async (caller) => {
    const { filename } = await newTarget(host.payload, 'files', people.staff.id)
    expect((await get(people[caller], `/api/files/file/${filename}`)).status).toBe(403)
    expect(await get(people.staff, `/api/files/file/${filename}`)).toMatchObject({
      status: 200,
      text: /Only for/,
    })
  })
})

/** `pages` is open to everybody, and refers to collections that are closed. */
describe('a closed document through an open one', () => {
  test('stays an id', async () => {
    const { status, text } = await get(people.customer, `/api/pages/${page.id}?depth=3`)
    expect([status, text.includes(secret)]).toEqual([200, false])
    expect((await get(people.staff, `/api/pages/${page.id}?depth=3`)).text).toContain(secret)
    const asked = `{ Page(id: "${page.id}") { title note { title } posts { title } } }`
    expect(await (await query(host, people.customer, asked)).text()).not.toContain(secret)
    expect(await (await query(host, people.staff, asked)).text()).toContain(secret)
  })

  test.each([
    'where[note.title][like]=secret',
    'where[posts.title][like]=secret',
    'sort=note.title',
    'sort=posts.title',
  ])('is not guessed by %s', async (asked) => {
    expect((await get(people.customer, `/api/pages?${asked}`)).status).toBe(400)
    expect((await get(people.staff, `/api/pages?${asked}`)).status).toBe(200)
  })
})

test('no customer changes the order of a list', async () => {
  const [first, second] = [
    await newTarget(host.payload, 'posts', ''),
    await newTarget(host.payload, 'posts', ''),
  ]
  const order = async () =>
    (await host.database.pool.query('select id, _order from posts order by id')).rows as {
      id: string
      _order: string
    }[]
  const before = await order()
  const target = { id: second.id, key: before.find(({ id }) => id === second.id)?._order }
  const body = {
    collectionSlug: 'posts',
    docsToMove: [first.id],
    newKeyWillBe: 'greater',
    orderableFieldName: '_order',
    target,
  }
  const move = (person: Person, more = {}) =>
    host.rest(json('POST', '/api/reorder', person.headers, { ...body, ...more }))
  for (const caller of CLOSED_OUT) {
    expect((await move(people[caller])).status).toBe(403)
    await move(people[caller], { target: {} })
  }
  expect(await order()).toEqual(before)
  expect((await move(people.staff)).status).toBe(200)
})
