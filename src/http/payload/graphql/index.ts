import type { GraphQLResolveInfo } from 'graphql'
import type { PayloadRequest } from 'payload'
import { cancel, choosePlan, invoke, summarise } from './operations'
import { type GraphQLLibrary, hubTypes, jsonScalar, type PayloadSchema } from './types'

type Context = { req: PayloadRequest }
type Types = ReturnType<typeof hubTypes>

/** `usageSummary`: the sums of the caller's usage, as the versioned API has them. */
export function hubQueries(graphQL: GraphQLLibrary, schema: PayloadSchema) {
  const { GraphQLNonNull, GraphQLString } = graphQL
  return {
    usageSummary: {
      type: new GraphQLNonNull(typesOf(graphQL, schema).usage),
      args: { startDate: { type: GraphQLString }, endDate: { type: GraphQLString } },
      resolve: (_: unknown, args: Parameters<typeof summarise>[1], { req }: Context) => summarise(req, args),
    },
  }
}

/** `invokeTool`, `subscribe` and `cancelSubscription`, over the operations of the versioned API. */
export function hubMutations(graphQL: GraphQLLibrary, schema: PayloadSchema) {
  const { GraphQLNonNull, GraphQLString } = graphQL
  const { invocation, subscription } = typesOf(graphQL, schema)
  const text = { type: new GraphQLNonNull(GraphQLString) }
  return {
    invokeTool: {
      type: new GraphQLNonNull(invocation),
      args: {
        tool: text,
        input: { type: new GraphQLNonNull(jsonScalar(schema)) },
        idempotencyKey: { type: GraphQLString },
      },
      resolve: (_: unknown, args: Parameters<typeof invoke>[1], { req }: Context, info: GraphQLResolveInfo) =>
        invoke(req, args, info),
    },
    subscribe: {
      type: new GraphQLNonNull(subscription),
      args: { plan: text },
      resolve: async (_: unknown, args: Parameters<typeof choosePlan>[1], { req }: Context) =>
        choosePlan(req, args),
    },
    cancelSubscription: {
      type: new GraphQLNonNull(subscription),
      resolve: (_: unknown, _args: unknown, { req }: Context) => cancel(req),
    },
  }
}

const made = new WeakMap<object, Types>()

/** Once for each schema: queries and mutations must share its types. */
function typesOf(graphQL: GraphQLLibrary, schema: PayloadSchema): Types {
  const { collections } = schema as unknown as { collections: object }
  const types = made.get(collections) ?? hubTypes(graphQL, jsonScalar(schema))
  made.set(collections, types)
  return types
}
