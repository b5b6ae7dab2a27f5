// The kind: as in host.test.ts, for all that is no document: globals, jobs, accounts, the panel.
import { afterAll, beforeAll, describe, expect, jest, test } from '@jest/globals'
import { canAccessAdmin, type PayloadRequest } from 'payload'
import { GLOBAL_INTERFACES, newVersion, OF_GLOBALS } from './host/global'
import { query } from './host/graphql'
import { passes } from './host/local'
import { isAllowed } from './host/operations'
import { CALLERS, type Caller, hostPeople, json, type People, type Person } from './host/people'
import { type Host, startHost } from './host/start'

jest.setTimeout(60_000)

let host: Host
let people: People
beforeAll(async () => {
  host = await startHost(['guestbook.create'])
  people = await hostPeople(host)
})
afterAll(() => host.close())

/** Who may do what Payload lets everyone do who is signed in. */
const ALL_BUT_CUSTOMERS: Record<Caller, boolean> = {
  nobody: false,
  customer: false,
  "customer's key": false,
  "admin's key": false,
  admin: true,
  staff: true,
}

async function byEach(attempt: (person: Person) => Promise<boolean>) {
  const found: Partial<Record<Caller, boolean>> = {}
  for (const caller of CALLERS) found[caller] = await attempt(people[caller])
  return found
}

describe.each(Object.entries(GLOBAL_INTERFACES))('a global through %s', (_, through) => {
  test.each(OF_GLOBALS)('%s', async (operation) => {
    const found = await byEach(async (person) => through(host, person, operation, await newVersion(host)))
    expect(found).toEqual(ALL_BUT_CUSTOMERS)
  })
})

describe('jobs', () => {
  test.each([
    '/api/globals/payload-jobs-stats',
    '/api/payload-jobs/run',
    '/api/payload-jobs/handle-schedules',
  ])('GET %s', async (path) => {
    const found = await byEach(async ({ headers }) =>
      isAllowed(path, await host.rest(json('GET', path, headers))),
    )
    expect(found).toEqual(ALL_BUT_CUSTOMERS)
  })

  test('queue, run and cancel, by the Local API', async () => {
    const { jobs } = host.payload
    for (const call of [
      (req: PayloadRequest) =>
        jobs.queue({ task: 'tidy' as never, input: {} as never, overrideAccess: false, req }),
      (req: PayloadRequest) => jobs.run({ overrideAccess: false, req }),
      (req: PayloadRequest) => jobs.cancel({ where: {}, overrideAccess: false, req }),
    ]) {
      const found = await byEach(({ user }) =>
        passes(() => call({ ...localRequest(user), transactionID: undefined })),
      )
      expect(found).toEqual(ALL_BUT_CUSTOMERS)
    }
  })
})

const localRequest = (user: Person['user']) =>
  ({
    user,
    payload: host.payload,
    headers: new Headers(),
    context: {},
    t: (key: string) => key,
  }) as unknown as PayloadRequest

test('no customer unlocks an account of the host', async () => {
  const { email } = (await host.payload.findByID({ collection: 'staff' as never, id: people.staff.id })) as {
    email: string
  }
  const found = await byEach(async ({ headers }) =>
    isAllowed('unlock', await host.rest(json('POST', '/api/staff/unlock', headers, { email }))),
  )
  // The panel's users may: in this host they are the hub's.
  expect(found).toEqual({ ...ALL_BUT_CUSTOMERS, staff: false })
})

describe('the panel', () => {
  test('opens to no customer', async () => {
    const found = await byEach(({ user }) =>
      canAccessAdmin({ req: localRequest(user) }).then(
        () => true,
        () => false,
      ),
    )
    expect(found).toEqual({ ...ALL_BUT_CUSTOMERS, staff: false })
  })

  test('shows a customer nothing of the host, by the permissions that it reads', async () => {
    const of = async ({ headers }: Person) => {
      const response = await host.rest(json('GET', '/api/access', headers))
      return (await response.json()) as { collections: Record<string, unknown>; globals: object }
    }
    const shown = await of(people.customer)
    const hosts = [
      'staff',
      'posts',
      'notes',
      'files',
      'events',
      'payload-folders',
      'payload-locked-documents',
      'header',
    ]
    for (const slug of hosts) expect({ ...shown.collections, ...shown.globals }).not.toHaveProperty([slug])
    expect(Object.keys((await of(people.staff)).collections)).toEqual(
      expect.arrayContaining(hosts.slice(0, -1)),
    )
    const answer = await query(host, people.customer, '{ Access { posts { read { permission } } } }')
    expect(await answer.text()).not.toContain('true')
  })
})
