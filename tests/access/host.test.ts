// The kind: a stranger who registered with a hub inside an application reads or changes that application's own documents.
// Payload's default access is "anyone signed in", which was written for editors.
import { afterAll, beforeAll, describe, expect, jest, test } from '@jest/globals'
import { newTarget, type Target } from './host/documents'
import { byGraphql, hasField } from './host/graphql'
import { byLocal } from './host/local'
import { OF_VERSIONS, OPERATIONS, type Operation, ruleOf } from './host/operations'
import { CALLERS, type Caller, hostPeople, type People } from './host/people'
import { byRest } from './host/rest'
import { type Host, startHost } from './host/start'

jest.setTimeout(120_000)

let host: Host
let people: People
beforeAll(async () => {
  host = await startHost(['guestbook.create'])
  people = await hostPeople(host)
})
afterAll(() => host.close())

const INTERFACES = { REST: byRest, GraphQL: byGraphql, 'Local API': byLocal }
type Interface = keyof typeof INTERFACES

/** One of each kind: drafts and trash, uploads, an auth collection, of a later plugin, and Payload's own. */
const KINDS = [
  'posts',
  'notes',
  'files',
  'events',
  'staff',
  'guestbook',
  'pages',
  'payload-folders',
  'payload-locked-documents',
  'payload-query-presets',
]

const operationsOf = (slug: string): Operation[] =>
  [...OPERATIONS, ...(slug === 'notes' ? OF_VERSIONS : [])].filter(
    // A copy of a person would have their email address.
    (operation) => !(slug === 'staff' && operation === 'duplicate'),
  )

/** What callers may do: staff and admins what Payload lets everyone do who is signed in, customers what is opened. */
function expected(slug: string, operation: Operation): Record<Caller, boolean> {
  const opened =
    (slug === 'guestbook' && operation === 'create') || (slug === 'pages' && ruleOf(operation) === 'read')
  return {
    nobody: slug === 'pages' && ruleOf(operation) === 'read',
    customer: opened,
    "customer's key": opened,
    "admin's key": opened,
    admin: true,
    staff: true,
  }
}

async function found(through: Interface, slug: string, operation: Operation) {
  const result: Partial<Record<Caller, boolean>> = {}
  for (const caller of CALLERS) {
    const target: Target = await newTarget(host.payload, slug, people.staff.id)
    result[caller] = await INTERFACES[through](host, people[caller], operation, target)
  }
  return result
}

describe.each(KINDS)('%s', (slug) => {
  test.each(operationsOf(slug))('%s', async (operation) => {
    for (const through of Object.keys(INTERFACES) as Interface[]) {
      if (through === 'GraphQL' && !hasField(operation, slug)) continue
      expect([through, await found(through, slug, operation)]).toEqual([through, expected(slug, operation)])
    }
  })
})
