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
 * Gives each root field of a GraphQL document its own request. Payload resolves all of them with one request, so a value
 * that one field sets (a hook's flag, a user who signed in, `draft`) would affect the next. Adds `custom` to the fields of
 * the schema and changes all of them in place. It returns no fields for Payload to add.
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

/** Queries are resolved at the same time, each with its own context. */
function inParallel(resolve: Resolve): Resolve {
  return (source, args, context, info) =>
    resolve(source, args, { ...context, req: ownRequest(firstRequest(context)) }, info)
}

/**
 * Mutations are resolved one by one, each together with its nested fields. Nested fields read the request from the same
 * context, so the context keeps this field's request until the next mutation begins.
 */
function oneByOne(resolve: Resolve): Resolve {
  return (source, args, context, info) => {
    const req = ownRequest(firstRequest(context))
    context.req = req
    return resolve(source, args, context, info)
  }
}

const first = new WeakMap<object, PayloadRequest>()

/** The document's original request: Payload's resolvers put their own request into the context. */
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
