import type { Access, AccessArgs, PayloadRequest, SanitizedCollectionConfig, SanitizedConfig } from 'payload'
import { isDefault, operationsOf } from './access-operations'

type User = PayloadRequest['user']

export type Closing = {
  isCustomer: (user: User) => boolean
  /** The operations that stay as the host has them, for example `posts.read` or `jobs.queue`. */
  open?: readonly string[]
}

/** The operations that this call closed, and those that have an access function of their own. */
export type Closed = { closed: string[]; own: string[] }

/**
 * Closes to customers, and to nobody else, each operation that still has Payload's default access ("any signed-in
 * user"). Changes the sanitised config: Payload reads access at each request. A second call changes nothing. Throws if
 * `open` names an operation that does not exist, or if Payload's default can no longer be recognised.
 */
export function closeToCustomers(config: SanitizedConfig, { isCustomer, open = [] }: Closing): Closed {
  if (done.has(config)) return { closed: [], own: [] }
  requireRecognised(config)
  // Globals may share one object, and `open` may name an operation of only one of them.
  for (const global of config.globals) global.access = { ...global.access }
  const operations = operationsOf(config)
  requireKnown(open, new Set(operations.map(({ name }) => name)))
  const closed: string[] = []
  const own: string[] = []
  for (const { name, rules, operation, byDefault, ofPayload, usersOf } of operations) {
    if (isClosed(rules[operation]) || open.includes(name)) continue
    if (!byDefault) {
      if (!ofPayload) own.push(name)
      continue
    }
    rules[operation] = closedAccess(rules[operation], isCustomer, usersOf)
    closed.push(name)
  }
  for (const collection of config.collections) closePanel(collection, isCustomer)
  done.add(config)
  return { closed, own }
}

const done = new WeakSet<SanitizedConfig>()

/** Payload's list of migrations is one object for all configs of a process, so it may be closed already. */
const CLOSED = Symbol.for('hub.closed-to-customers')

const isClosed = (rule: unknown): boolean => typeof rule === 'function' && CLOSED in rule

const marked = <Rule extends object>(rule: Rule): Rule => Object.assign(rule, { [CLOSED]: true })

/** Customers still read their own document in the collection `usersOf`: Payload's `/me` needs that. */
function closedAccess(rule: Access | undefined, isCustomer: Closing['isCustomer'], usersOf?: string): Access {
  return marked((args: AccessArgs) => {
    const { user } = args.req
    if (!isCustomer(user)) return rule ? rule(args) : Boolean(user)
    return user && user.collection === usersOf ? { id: { equals: user.id } } : false
  })
}

/** No customer enters the panel, whatever the collection's own `access.admin` says. */
function closePanel({ access, auth }: SanitizedCollectionConfig, isCustomer: Closing['isCustomer']): void {
  const own = access.admin
  if (!auth || isClosed(own)) return
  access.admin = marked(({ req }: { req: PayloadRequest }) => {
    if (isCustomer(req.user)) return false
    return own ? own({ req }) : req.user?.collection === req.payload.config.admin.user
  })
}

function requireKnown(open: readonly string[], known: ReadonlySet<string>): void {
  const unknown = open.filter((name) => !known.has(name))
  if (unknown.length > 0)
    throw new Error(`hub: \`open\` names operations that do not exist: ${unknown.join(', ')}`)
}

/** Payload makes this collection anew for each config, after all plugins, so that nobody has changed its rules. */
function requireRecognised({ collections }: SanitizedConfig): void {
  const preferences = collections.find(({ slug }) => (slug as string) === 'payload-preferences')
  if (preferences?.access.create === undefined || !isDefault(preferences.access.create))
    throw new Error('hub: the default access of this version of Payload is unknown, so it cannot be closed')
}
