import type { GraphQLFieldConfigMap, GraphQLFieldResolver } from 'graphql'
import type { PayloadRequest } from 'payload'
import { MOST_ROWS, rowsAsked } from './rows'
import { inTurn } from './take-turn'

type Context = { req: PayloadRequest }
type Fields = GraphQLFieldConfigMap<unknown, Context>
type Resolve = GraphQLFieldResolver<unknown, Context, Record<string, unknown>>

/** Lets each list at the root of a GraphQL document take its turn, as the lists of REST do. */
export function listsInTurn(schema: unknown): void {
  const { fields } = (schema as { Query: { fields: Fields } }).Query
  for (const field of Object.values(fields))
    if (field.args?.limit && field.resolve) field.resolve = taking(field.resolve as Resolve)
}

function taking(resolve: Resolve): Resolve {
  return (source, args, context, info) => {
    const rows = Math.min(rowsAsked(args).rows, MOST_ROWS)
    return inTurn(context.req, rows, () => resolve(source, args, context, info))
  }
}
