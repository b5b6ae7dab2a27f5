import {
  buildClientSchema,
  type GraphQLField,
  type GraphQLSchema,
  getIntrospectionQuery,
  type IntrospectionQuery,
} from 'graphql'
import { type Answer, ask } from './callers'
import type { Kind } from './documents'
import { KINDS } from './documents'
import type { Operation } from './table'

/** A call on one document: what it names, what it sends, and the credential of who calls. */
export interface Attempt {
  kind: Kind
  operation: Operation
  id: string
  data: Record<string, unknown>
  headers: Record<string, string>
}

export type Way = 'REST' | 'GraphQL'

/** How each collection is called in GraphQL: one document, and several. */
export const TYPES: Record<string, { one: string; many: string }> = {
  users: { one: 'User', many: 'Users' },
  'api-keys': { one: 'ApiKey', many: 'ApiKeys' },
  tools: { one: 'Tool', many: 'Tools' },
  plans: { one: 'Plan', many: 'Plans' },
  subscriptions: { one: 'Subscription', many: 'Subscriptions' },
  'usage-logs': { one: 'UsageLog', many: 'UsageLogs' },
  media: { one: 'Media', many: 'allMedia' },
  alerts: { one: 'Alert', many: 'Alerts' },
  refusals: { one: 'Refusal', many: 'Refusals' },
  'audit-logs': { one: 'AuditLog', many: 'AuditLogs' },
  'payload-preferences': { one: 'PayloadPreference', many: 'PayloadPreferences' },
  'payload-locked-documents': { one: 'PayloadLockedDocument', many: 'PayloadLockedDocuments' },
  'payload-kv': { one: 'PayloadKv', many: 'PayloadKvs' },
}

/** Does it, and answers whether it was allowed. Throws when the answer says neither yes nor no. */
export async function attempt(way: Way, what: Attempt): Promise<boolean> {
  const { allowed, answer } = way === 'REST' ? await byRest(what) : await byGraphql(what)
  if (allowed === null) {
    const { kind, operation } = what
    throw new Error(
      `${way} ${operation} ${kind}: neither yes nor no: ${answer.status} ${answer.text.slice(0, 500)}`,
    )
  }
  return allowed
}

type Outcome = { allowed: boolean | null; answer: Answer }

async function byRest({ kind, operation, id, data, headers }: Attempt): Promise<Outcome> {
  const base = `/api/${KINDS[kind].collection}`
  const filter = `where[id][equals]=${id}`
  const send = (method: string, path: string, body?: unknown) =>
    ask(method, `${base}${path}`, { headers, ...(body === undefined ? {} : { body }) })
  switch (operation) {
    case 'list':
      return rest(await send('GET', `?${filter}`), (body) => holds(body.docs, id))
    case 'count':
      return rest(await send('GET', `/count?${filter}`), (body) => body.totalDocs === 1)
    case 'read':
      return rest(await send('GET', `/${id}`), (body) => body.id === id)
    case 'create':
      return rest(await send('POST', '', kind.startsWith('media') ? picture() : data), (body) =>
        Boolean(body.doc),
      )
    case 'update':
      return rest(await send('PATCH', `/${id}`, data), (body) => Boolean(body.doc))
    case 'bulk-update':
      return rest(await send('PATCH', `?${filter}`, data), (body) => holds(body.docs, id))
    case 'delete':
      return rest(await send('DELETE', `/${id}`), () => true)
    case 'bulk-delete':
      return rest(await send('DELETE', `?${filter}`), (body) => holds(body.docs, id))
    case 'duplicate':
      return rest(await send('POST', `/${id}/duplicate`, {}), (body) => Boolean(body.doc))
  }
}

type Body = { docs?: { id: string }[]; totalDocs?: number; id?: string; doc?: unknown }

function rest(answer: Answer, shows: (body: Body) => boolean): Outcome {
  if ([401, 403, 404].includes(answer.status)) return { allowed: false, answer }
  if (answer.status < 300) return { allowed: shows(answer.body as Body), answer }
  return { allowed: null, answer }
}

const holds = (docs: { id: string }[] | undefined, id: string) => docs?.some((doc) => doc.id === id) ?? false

/** The smallest image there is. */
function picture(): FormData {
  const form = new FormData()
  const png =
    'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=='
  form.append('file', new Blob([Buffer.from(png, 'base64')], { type: 'image/png' }), 'dot.png')
  return form
}

async function byGraphql({ kind, operation, id, data, headers }: Attempt): Promise<Outcome> {
  const { one, many } = TYPES[KINDS[kind].collection] as { one: string; many: string }
  const where = { id: { equals: id } }
  switch (operation) {
    case 'list':
      return graph(await field(many, { where }, '{ docs { id } }', headers), (found) => holds(found.docs, id))
    case 'count':
      return graph(
        await field(`count${many}`, { where }, '{ totalDocs }', headers),
        (found) => found.totalDocs === 1,
      )
    case 'read':
      return graph(await field(one, { id }, '{ id }', headers), (found) => found.id === id)
    case 'create':
      return graph(await field(`create${one}`, { data }, '{ id }', headers), (made) => Boolean(made.id))
    case 'update':
      return graph(await field(`update${one}`, { id, data }, '{ id }', headers), (made) => made.id === id)
    case 'delete':
      return graph(await field(`delete${one}`, { id }, '{ id }', headers), (gone) => gone.id === id)
    case 'duplicate':
      return graph(await field(`duplicate${one}`, { id, data }, '{ id }', headers), (made) =>
        Boolean(made.id),
      )
    // GraphQL names one document a call; there is nothing in bulk.
    case 'bulk-update':
    case 'bulk-delete':
      return graph(await field(`${operation.slice(5)}${many}`, { where }, '{ id }', headers), () => true)
  }
}

type GraphAnswer = {
  data?: Record<string, (Body & { id?: string }) | null>
  errors?: { message: string; extensions?: { statusCode?: number } }[]
}

function graph(answer: Answer | null, shows: (found: Body & { id?: string }) => boolean): Outcome {
  if (answer === null) return { allowed: false, answer: NOTHING }
  const { data, errors } = answer.body as GraphAnswer
  const status = errors?.[0]?.extensions?.statusCode
  if (status && [401, 403, 404].includes(status)) return { allowed: false, answer }
  if (errors) return { allowed: null, answer }
  const found = Object.values(data ?? {})[0]
  return { allowed: found ? shows(found) : false, answer }
}

const NOTHING: Answer = { status: 404, headers: new Headers(), text: 'no such field', body: undefined }

/** Asks for one field of the schema with these arguments; null where the schema has no such field. */
export async function field(
  name: string,
  values: Record<string, unknown>,
  selection: string,
  headers: Record<string, string>,
): Promise<Answer | null> {
  const found = await findField(name)
  if (!found) return null
  const args = found.field.args.filter((arg) => arg.name in values)
  const declared = args.map((arg) => `$${arg.name}: ${arg.type}`).join(', ')
  const passed = args.map((arg) => `${arg.name}: $${arg.name}`).join(', ')
  const query = `${found.kind}${declared && `(${declared})`} { ${name}${passed && `(${passed})`} ${selection} }`
  const variables = Object.fromEntries(args.map((arg) => [arg.name, values[arg.name]]))
  return ask('POST', '/api/graphql', { headers, body: { query, variables } })
}

async function findField(
  name: string,
): Promise<{ kind: string; field: GraphQLField<unknown, unknown> } | null> {
  const schema = await graphqlSchema()
  const query = schema.getQueryType()?.getFields()[name]
  if (query) return { kind: 'query', field: query }
  const mutation = schema.getMutationType()?.getFields()[name]
  return mutation ? { kind: 'mutation', field: mutation } : null
}

let schema: Promise<GraphQLSchema> | undefined

/** The schema that the hub serves. */
export function graphqlSchema(): Promise<GraphQLSchema> {
  schema ??= ask('POST', '/api/graphql', { body: { query: getIntrospectionQuery() } }).then((answer) =>
    buildClientSchema((answer.body as { data: IntrospectionQuery }).data),
  )
  return schema
}
