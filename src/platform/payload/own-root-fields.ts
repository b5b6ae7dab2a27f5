import { type GraphQLExtension, getDataLoader, isolateObjectProperty, type PayloadRequest } from 'payload'
import { ownContext } from './operation'

type Resolve = (source: unknown, args: unknown, context: Context, info: unknown) => unknown
type Context = { req: PayloadRequest; headers?: object }
type Fields = Record<string, { resolve?: unknown }>
type Schema = Parameters<GraphQLExtension>[1]

/** What Payload and the hub set on a request while they resolve a field. */
const SET = [
  'context',
  'query',
  'user',
  'transactionID',
  'locale',
  'fallbackLocale',
  'payloadDataLoader',
] as const

/**
 * Gives each root field of a GraphQL document a request of its own: Payload resolves all of them with one, so that
 * what one field sets (a flag of a hook, a user who signed in, `draft`) would count for the next. Adds `custom` to the
 * fields of the schema and changes all of them in place; returns what Payload adds itself, which is nothing.
 */
export function ownRootFields(
  schema: Schema,
  kind: 'query' | 'mutation',
  custom: object,
): Record<string, never> {
  const { Query, Mutation } = schema as unknown as Record<'Query' | 'Mutation', { fields: Fields }>
  const { fields } = kind === 'query' ? Query : Mutation
  Object.assign(fields, custom)
  for (const field of Object.values(fields)) {
    if (typeof field.resolve !== 'function') continue
    field.resolve =
      kind === 'query' ? inParallel(field.resolve as Resolve) : oneByOne(field.resolve as Resolve)
  }
  return {}
}

/** Queries are resolved at the same time: each sees a context that no other one has. */
function inParallel(resolve: Resolve): Resolve {
  return (source, args, context, info) =>
    resolve(source, args, { ...context, req: ownRequest(firstRequest(context)) }, info)
}

/**
 * Mutations are resolved one by one, each with what is asked of its answer. The fields below read the request from the
 * same context, so it holds this field's until the next one begins.
 */
function oneByOne(resolve: Resolve): Resolve {
  return (source, args, context, info) => {
    const req = ownRequest(firstRequest(context))
    context.req = req
    return resolve(source, args, context, info)
  }
}

const first = new WeakMap<object, PayloadRequest>()

/** The document's request as it was before any field: Payload's resolvers put their own into the context. */
function firstRequest(context: Context): PayloadRequest {
  const document = context.headers ?? context
  const known = first.get(document)
  if (known) return known
  first.set(document, context.req)
  return context.req
}

function ownRequest(req: PayloadRequest): PayloadRequest {
  const own = isolateObjectProperty(req, [...SET])
  own.context = ownContext(req.context)
  own.query = { ...req.query }
  own.payloadDataLoader = getDataLoader(own)
  return own
}
