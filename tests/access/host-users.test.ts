// The other way round: closing takes nothing from the hub's own users or from staff, and nothing undoes it.
import { afterAll, beforeAll, describe, expect, jest, test } from '@jest/globals'
import { BasePayload, type CollectionSlug, Forbidden, type Plugin, reload } from 'payload'
import type { Pool } from 'pg'
import { outliveConnections } from '../../src/platform/database/pool'
import { changeOf, newTarget } from './host/documents'
import { query } from './host/graphql'
import { hostPeople, json, type People, type Person } from './host/people'
import { buildHost, type Host, hostAdapter, startHost } from './host/start'

jest.setTimeout(60_000)

let host: Host
let people: People
beforeAll(async () => {
  host = await startHost(['guestbook.create'])
  people = await hostPeople(host)
})
afterAll(() => host.close())

const get = async (person: Person, path: string) => {
  const response = await host.rest(json('GET', path, person.headers))
  return { status: response.status, text: await response.text() }
}

describe("the hub's own users", () => {
  test('read and change themselves, and nobody else', async () => {
    const { id, headers } = people.customer
    expect(JSON.parse((await get(people.customer, '/api/users/me')).text)).toMatchObject({ user: { id } })
    expect(JSON.parse((await get(people.customer, '/api/users')).text)).toMatchObject({
      totalDocs: 1,
      docs: [{ id }],
    })
    expect((await host.rest(json('PATCH', `/api/users/${id}`, headers, { name: 'Another' }))).status).toBe(
      200,
    )
    expect((await get(people.customer, '/api/api-keys')).status).toBe(200)
    const me = await query(host, people.customer, '{ meUser { user { id } } }')
    expect(await me.json()).toEqual({ data: { meUser: { user: { id } } } })
  })

  test('and staff keep preferences of their own, which nobody else reads or changes', async () => {
    const path = '/api/payload-preferences'
    const kept = (
      await host.rest(json('POST', `${path}/nav`, people.staff.headers, { value: { open: true } }))
    ).json()
    const { doc } = (await kept) as { doc: { id: string } }
    expect(
      (await host.rest(json('POST', `${path}/nav`, people.customer.headers, { value: { open: false } })))
        .status,
    ).toBe(200)
    expect((await get(people.customer, `${path}/${'nav'}`)).text).toContain('"open":false')
    expect(JSON.parse((await get(people.customer, path)).text)).toMatchObject({ totalDocs: 1 })
    const change = { value: { open: 'stolen' }, user: { relationTo: 'staff', value: people.staff.id } }
    for (const method of ['PATCH', 'DELETE'])
      expect(
        (await host.rest(json(method, `${path}/${doc.id}`, people.customer.headers, change))).status,
      ).not.toBe(200)
    await host.rest(json('PATCH', path, people.customer.headers, change))
    expect((await get(people.staff, `${path}/nav`)).text).toContain('"open":true')
    expect((await host.rest(json('DELETE', `${path}/nav`, people.staff.headers))).status).toBe(200)
  })
})

test('the list is logged once, with what the host decides by itself', () => {
  const lines = host.log.filter((line) => line.includes('Closed to'))
  expect(lines).toHaveLength(1)
  for (const name of [
    'posts.read',
    'events.delete',
    'header.readVersions',
    'payload-folders.create',
    'jobs.run',
  ])
    expect(lines[0]).toContain(name)
  expect(lines[0]).toMatch(/decide about: pages\.read\./)
  expect(lines[0]).not.toContain('guestbook.create')
  expect(lines[0]).not.toMatch(/\b(users|tools|settings)\./)
})

describe('closed is closed', () => {
  const refused = async (payload: Host['payload']) => {
    const call = payload.find({
      collection: 'posts' as CollectionSlug,
      overrideAccess: false,
      user: people.customer.user as never,
    })
    await expect(call).rejects.toThrow(Forbidden)
  }

  test('without `onInit`, as scripts of the host start Payload', async () => {
    const payload = await new BasePayload().init({ config: await buildHost(host), disableOnInit: true })
    outliveConnections((payload.db as unknown as { pool: Pool }).pool)
    await refused(payload).finally(() => payload.destroy())
  })

  test('even if a later plugin replaces the adapter', async () => {
    const replaceAdapter: Plugin = (config) => ({ ...config, db: hostAdapter(host) })
    const config = await buildHost(host, [replaceAdapter])
    const payload = await new BasePayload().init({ config })
    await refused(payload).finally(() => payload.destroy())
  })

  test('after a reload of the config in development', async () => {
    await reload(await buildHost(host), host.payload, true)
    await refused(host.payload)
    const { id } = await newTarget(host.payload, 'events', '')
    const asked = json('PATCH', `/api/events/${id}`, people.customer.headers, changeOf('events'))
    expect((await host.rest(asked)).status).toBe(403)
  })
})
