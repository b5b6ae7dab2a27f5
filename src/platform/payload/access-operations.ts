import type { Access, SanitizedCollectionConfig, SanitizedConfig } from 'payload'
import { collectionDefaults } from 'payload/shared'

export type AccessRules = Record<string, Access | undefined>

/** An operation that the access functions of a config decide about. */
export type Operation = {
  /** `posts.read`; also what the option `open` and the log use. */
  name: string
  /** The object that holds the access function, under the key `operation`. */
  rules: AccessRules
  operation: string
  /** Whether Payload's default decides. */
  byDefault: boolean
  /** Whether Payload added the collection or the setting itself. */
  ofPayload: boolean
  /** The slug of the collection whose users read themselves by this operation. */
  usersOf?: string
}

const DEFAULTS: ReadonlySet<unknown> = new Set([
  undefined,
  collectionDefaults.access?.read,
  collectionDefaults.access?.unlock,
])

/**
 * Whether an access function is Payload's default. `undefined` means "any signed-in user", too. `collectionDefaults` is
 * deprecated for Payload 4; unit tests notice when it no longer holds the defaults.
 */
export const isDefault = (rule: unknown): boolean => DEFAULTS.has(rule)

/**
 * The operations of all collections and globals, and of the jobs. Preferences are left out: Payload binds each of
 * their operations to the caller's own user.
 */
export function operationsOf(config: SanitizedConfig): Operation[] {
  config.jobs.access ??= {}
  const collections = config.collections.filter(({ slug }) => slug !== 'payload-preferences')
  return [
    ...collections.flatMap((collection) => ofCollection(collection, config)),
    ...config.globals.flatMap(({ slug, access, versions }) =>
      named(slug, access, ['read', 'update', ...(versions ? ['readVersions'] : [])]),
    ),
    ...named('jobs', config.jobs.access as AccessRules, ['run', 'queue', 'cancel']),
  ]
}

function ofCollection(collection: SanitizedCollectionConfig, config: SanitizedConfig): Operation[] {
  const { access, versions, auth } = collection
  const slug: string = collection.slug
  const names = ['create', 'read', 'update', 'delete']
  if (versions) names.push('readVersions')
  if (auth) names.push('unlock')
  const operations = named(slug, access, names)
  if (slug === 'payload-query-presets') return operations.map((one) => ofPresets(one, config))
  return auth
    ? operations.map((one) => (one.operation === 'read' ? { ...one, usersOf: slug } : one))
    : operations
}

/** The presets' own functions ask `queryPresets.access` of the config, and Payload's default without one. */
function ofPresets(operation: Operation, { queryPresets }: SanitizedConfig): Operation {
  const access: AccessRules = queryPresets?.access ?? {}
  return { ...operation, byDefault: access[operation.operation] === undefined }
}

function named(slug: string, rules: AccessRules, operations: string[]): Operation[] {
  return operations.map((operation) => ({
    name: `${slug}.${operation}`,
    rules,
    operation,
    byDefault: isDefault(rules[operation]),
    ofPayload: slug.startsWith('payload-'),
  }))
}
