import type { GlobalSlug } from 'payload'
import { query } from './graphql'
import { passes } from './local'
import { isAllowed } from './operations'
import { json, type Person } from './people'
import type { Host } from './start'

export const OF_GLOBALS = ['read', 'update', 'list versions', 'read version', 'restore version'] as const
export type OfGlobals = (typeof OF_GLOBALS)[number]
type Attempt = (host: Host, person: Person, operation: OfGlobals, version: string) => Promise<boolean>

/** A version of the host's global, made by the host itself. */
export async function newVersion({ payload }: Host): Promise<string> {
  await payload.updateGlobal({ slug: HEADER, data: { title: 'New' } as never })
  const { docs } = await payload.findGlobalVersions({ slug: HEADER, limit: 1 })
  return String(docs[0]?.id)
}

const HEADER = 'header' as GlobalSlug
const PATH = '/api/globals/header'

const byRest: Attempt = async (host, { headers }, operation, version) => {
  const requests: Record<OfGlobals, Request> = {
    read: json('GET', PATH, headers),
    update: json('POST', PATH, headers, { title: 'Changed' }),
    'list versions': json('GET', `${PATH}/versions`, headers),
    'read version': json('GET', `${PATH}/versions/${version}`, headers),
    'restore version': json('POST', `${PATH}/versions/${version}`, headers),
  }
  return isAllowed(operation, await host.rest(requests[operation]))
}

const byGraphql: Attempt = async (host, person, operation, version) => {
  const documents: Record<OfGlobals, string> = {
    read: '{ Header { title } }',
    update: 'mutation { updateHeader(data: { title: "Changed" }) { title } }',
    'list versions': '{ versionsHeader { docs { id } } }',
    'read version': `{ versionHeader(id: "${version}") { id } }`,
    'restore version': `mutation { restoreVersionHeader(id: "${version}") { title } }`,
  }
  return isAllowed(operation, await query(host, person, documents[operation]))
}

const byLocal: Attempt = ({ payload }, { user }, operation, id) => {
  const as = { slug: HEADER, overrideAccess: false, user: user as never }
  const calls: Record<OfGlobals, () => Promise<unknown>> = {
    read: () => payload.findGlobal(as),
    update: () => payload.updateGlobal({ ...as, data: { title: 'Changed' } as never }),
    'list versions': async () => {
      await payload.countGlobalVersions({ ...as, global: HEADER })
      await payload.findGlobalVersions(as)
    },
    'read version': () => payload.findGlobalVersionByID({ ...as, id }),
    'restore version': () => payload.restoreGlobalVersion({ ...as, id }),
  }
  return passes(calls[operation])
}

export const GLOBAL_INTERFACES = { REST: byRest, GraphQL: byGraphql, 'Local API': byLocal }
