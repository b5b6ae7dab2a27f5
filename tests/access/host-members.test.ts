// The kind: closing a host's own collection of customers, who then cannot even see who they are: Payload's /me reads by the
// collection's own rule.
import { afterAll, beforeAll, expect, test } from '@jest/globals'
import { postgresAdapter } from '@payloadcms/db-postgres'
import {
  buildConfig,
  type CollectionSlug,
  getPayload,
  handleEndpoints,
  type Payload,
  type PayloadRequest,
} from 'payload'
import type { Pool } from 'pg'
import { outliveConnections } from '../../src/platform/database/pool'
import { onAdapterInit } from '../../src/platform/payload/adapter-init'
import { closeToCustomers } from '../../src/platform/payload/close-to-customers'
import { freshDatabase, type TestDatabase } from '../support/database'
import { PASSWORD } from '../support/people'
import { json } from './host/people'
import { makeTables } from './host/tables'

const MEMBERS = 'members' as CollectionSlug
const isCustomer = (user: PayloadRequest['user']) => user?.collection === (MEMBERS as string)

let database: TestDatabase
let payload: Payload
let rest: (request: Request) => Promise<Response>
beforeAll(async () => {
  process.env.PAYLOAD_DISABLE_DEPENDENCY_CHECKER = 'true'
  database = await freshDatabase(2)
  const adapter = postgresAdapter({ push: false, pool: { connectionString: database.url, max: 4 } })
  const config = buildConfig({
    secret: 'only for this test',
    telemetry: false,
    typescript: { autoGenerate: false },
    logger: { options: { level: 'silent' } },
    db: onAdapterInit(adapter, ({ config }) => void closeToCustomers(config, { isCustomer })),
    collections: [
      { slug: 'staff', auth: true, fields: [] },
      { slug: 'members', auth: true, fields: [{ name: 'nickname', type: 'text' }] },
    ],
  })
  payload = await getPayload({ config })
  outliveConnections((payload.db as unknown as { pool: Pool }).pool)
  await makeTables(payload, database)
  rest = (request) => handleEndpoints({ config, request })
})
afterAll(async () => {
  await payload.destroy()
  await database.drop()
})

async function member(email: string) {
  const { id } = await payload.create({ collection: MEMBERS, data: { email, password: PASSWORD } as never })
  const signedIn = await rest(json('POST', '/api/members/login', {}, { email, password: PASSWORD }))
  const { token } = (await signedIn.json()) as { token: string }
  return { id, headers: { authorization: `Bearer ${token}` } }
}

test('customers of a host read themselves and sign out, and do nothing else in their collection', async () => {
  const other = await member('other@example.org')
  const { id, headers } = await member('me@example.org')
  const ask = (method: string, path: string, body?: object) =>
    rest(json(method, `/api/members${path}`, headers, body))

  expect(await (await ask('GET', '/me')).json()).toMatchObject({ user: { id, email: 'me@example.org' } })
  expect(await (await ask('GET', '')).json()).toMatchObject({ totalDocs: 1, docs: [{ id }] })
  expect((await ask('GET', `/${other.id}`)).status).toBe(404)
  expect((await ask('POST', '/refresh-token')).status).toBe(200)
  for (const path of [`/${id}`, `/${other.id}`, '?where[id][exists]=true'])
    expect([path, (await ask('PATCH', path, { nickname: 'x' })).status]).toEqual([path, 403])
  expect((await ask('DELETE', `/${other.id}`)).status).toBe(403)
  expect((await ask('POST', '', { email: 'new@example.org', password: PASSWORD })).status).toBe(403)
  expect((await rest(json('GET', '/api/staff', headers))).status).toBe(403)
  expect((await ask('POST', '/logout')).status).toBe(200)
})
