import type { Endpoint, Payload, PayloadRequest, SanitizedCollectionConfig } from 'payload'
import { Problem } from '../../../platform/kernel/problem'
import { adminsOnly, isHubUser, nobody } from '../../../platform/payload/access'
import { caller } from '../../../platform/payload/caller'
import { readArguments } from '../../../platform/payload/payload-sql'

/**
 * Payload adds its own collections after every plugin. `closeToCustomers` has closed them to customers; here they get
 * rules for the hub's admins, while users of a host's collections keep what Payload gives them. Preferences stay open
 * to their owners. Paths that Payload opens and then fails on are closed.
 */
export function closeOwnCollections(payload: Payload): void {
  for (const config of payload.globals.config) config.endpoints = workingEndpoints(config)
  for (const [slug, { config }] of Object.entries(payload.collections)) {
    config.endpoints = workingEndpoints(config)
    if (!slug.startsWith('payload-')) continue
    config.hooks.beforeOperation = [readArguments, ...(config.hooks.beforeOperation ?? [])]
    if (slug === 'payload-preferences') closeToKeys(config)
    if (slug === 'payload-kv' || slug === 'payload-migrations') closeToWriters(config)
  }
}

/** Payload alone writes them. The hub's admins read them. */
function closeToWriters({ access }: SanitizedCollectionConfig): void {
  const rules = { create: nobody, read: adminsOnly, update: nobody, delete: nobody }
  for (const operation of ['create', 'read', 'update', 'delete'] as const) {
    const others = access[operation]
    access[operation] = (args) => (isHubUser(args.req.user) ? rules[operation] : others)(args)
  }
}

/** Preferences belong to the panel, which no API key can open: a key could only break them for its owner. */
function closeToKeys({ access }: SanitizedCollectionConfig): void {
  for (const operation of ['create', 'update', 'delete'] as const) {
    const open = access[operation]
    access[operation] = (args) => (caller(args.req)?.via === 'api-key' ? false : open(args))
  }
}

type Endpoints = Omit<Endpoint, 'root'>[]

/**
 * Leaves out the versions of a collection that keeps none, and all endpoints where Payload would return 501 for lack
 * of an API.
 */
function workingEndpoints({
  endpoints,
  slug,
  versions,
}: {
  endpoints: Endpoints | false
  slug: string
  versions?: unknown
}): Endpoints {
  const working = (endpoints || []).filter(({ path }) => versions || !path.startsWith('/versions'))
  if (slug !== 'payload-preferences') return working
  return [{ path: '/:key', method: 'delete', handler: deleteOwnPreference }, ...working]
}

/** Payload's own handler fails for a key that the caller does not have. */
async function deleteOwnPreference(req: PayloadRequest): Promise<Response> {
  const me = caller(req)
  if (!me) throw new Problem('UNAUTHORIZED', 'Sign in first')
  if (me.via === 'api-key') throw new Problem('FORBIDDEN', 'An API key cannot delete preferences')
  const { docs } = await req.payload.delete({
    collection: 'payload-preferences',
    where: { key: { equals: String(req.routeParams?.key) } },
    overrideAccess: false,
    req,
  })
  if (docs.length === 0) throw new Problem('NOT_FOUND', 'You have no such preference')
  return Response.json({ message: 'Deleted', ...docs[0] })
}
