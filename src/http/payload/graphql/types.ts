import type { GraphQLOutputType, GraphQLScalarType } from 'graphql'
import type { GraphQLExtension } from 'payload'

export type GraphQLLibrary = Parameters<GraphQLExtension>[0]
export type PayloadSchema = Parameters<GraphQLExtension>[1]

/** The types of the hub's own operations. Each needs its own names: `Subscription` is a document's. */
export function hubTypes(graphQL: GraphQLLibrary, json: GraphQLScalarType) {
  const object = typeMaker(graphQL)
  const {
    GraphQLBoolean,
    GraphQLFloat: Count,
    GraphQLInt,
    GraphQLList,
    GraphQLNonNull,
    GraphQLString,
  } = graphQL
  const invocation = object('ToolInvocation', {
    requestId: GraphQLString,
    output: json,
    tokensUsed: Count,
    durationMs: GraphQLInt,
  })
  const subscription = object(
    'CurrentSubscription',
    {
      id: GraphQLString,
      plan: GraphQLString,
      status: GraphQLString,
      tokenLimit: Count,
      tokensUsed: Count,
      tokensHeld: Count,
      tokensRemaining: Count,
      periodStart: GraphQLString,
      expiresAt: GraphQLString,
      cancelAtPeriodEnd: GraphQLBoolean,
    },
    { pendingPlan: GraphQLString },
  )
  const toolUsage = object('ToolUsageSum', {
    toolId: GraphQLString,
    toolName: GraphQLString,
    tokensUsed: Count,
    invocationCount: Count,
  })
  const usage = object('UsageSummary', {
    totalTokens: Count,
    totalInvocations: Count,
    byTool: new GraphQLList(new GraphQLNonNull(toolUsage)),
  })
  return { invocation, subscription, usage }
}

type Fields = Record<string, GraphQLOutputType>

/** Makes object types over what the versioned API answers: `tokensUsed` reads `tokens_used`. */
function typeMaker({ GraphQLNonNull, GraphQLObjectType }: GraphQLLibrary) {
  const field = (name: string, type: GraphQLOutputType) => {
    const source = name.replaceAll(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`)
    return [name, { type, resolve: (row: Record<string, unknown>) => row[source] }]
  }
  return (name: string, always: Fields, maybe: Fields = {}) =>
    new GraphQLObjectType({
      name,
      fields: Object.fromEntries([
        ...Object.entries(always).map(([key, type]) => field(key, new GraphQLNonNull(type as never))),
        ...Object.entries(maybe).map(([key, type]) => field(key, type)),
      ]),
    })
}

/** Payload's own JSON scalar: a schema cannot hold two of that name. */
export function jsonScalar(schema: PayloadSchema): GraphQLScalarType {
  const { collections } = schema as unknown as {
    collections: {
      tools: { graphQL: { type: { getFields(): Record<string, { type: GraphQLScalarType }> } } }
    }
  }
  return collections.tools.graphQL.type.getFields().inputSchema?.type as GraphQLScalarType
}
