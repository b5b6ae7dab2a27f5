import { type GraphQLFieldResolver, type GraphQLObjectType, getNamedType, isObjectType } from 'graphql'
import { DEFAULT_ROWS } from './rows'

type Schema = { collections: Record<string, { graphQL?: { type?: GraphQLObjectType } }> }
type PayloadField = { type?: string; defaultLimit?: number }
type Resolve = GraphQLFieldResolver<unknown, unknown, Record<string, unknown>>

/**
 * Gives the joins of GraphQL the limit that they have in REST where the caller names none. Payload's resolver would load
 * every document that a join finds.
 */
export function limitJoins(schema: unknown): void {
  const seen = new Set<GraphQLObjectType>()
  for (const { graphQL } of Object.values((schema as Schema).collections))
    if (graphQL?.type) limitJoinsOf(graphQL.type, seen)
}

function limitJoinsOf(type: GraphQLObjectType, seen: Set<GraphQLObjectType>): void {
  if (seen.has(type)) return
  seen.add(type)
  for (const field of Object.values(type.getFields())) {
    const { type: kind, defaultLimit } = (field.extensions as { field?: PayloadField }).field ?? {}
    if (kind === 'join' && field.resolve)
      field.resolve = withLimit(field.resolve as Resolve, defaultLimit ?? DEFAULT_ROWS)
    const inner = getNamedType(field.type)
    if (isObjectType(inner)) limitJoinsOf(inner, seen)
  }
}

function withLimit(resolve: Resolve, usual: number): Resolve {
  return (source, args, context, info) =>
    resolve(source, { ...args, limit: args.limit ?? usual }, context, info)
}
