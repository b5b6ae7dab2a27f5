import type { GraphQLExtension, PayloadRequest } from 'payload'
import { forgot, reset, rotate, signIn, signOut, unlock } from './operations'

type Context = { req: PayloadRequest; headers: Record<string, string> }
type Arguments = Record<string, unknown>

/**
 * Payload's account mutations under their own names and types, handled by the hub's operations. GraphQL can set only
 * one cookie per response, so it sets the access token's; a browser that needs rotation signs in through REST.
 */
export const accountMutations: GraphQLExtension = (graphQL, schema) => {
  const fields = (
    schema as unknown as { Mutation: { fields: Record<string, { type: never; args?: never }> } }
  ).Mutation.fields
  const text = { type: graphQL.GraphQLString }
  const needed = { type: new graphQL.GraphQLNonNull(graphQL.GraphQLString) }
  const { GraphQLBoolean } = graphQL
  return {
    loginUser: {
      ...fields.loginUser,
      args: { email: needed, password: needed },
      resolve: async (_: unknown, args: Arguments, context: Context) => {
        const { cookies, ...result } = await signIn(context.req, args)
        setCookie(context, cookies)
        return result
      },
    },
    refreshTokenUser: {
      ...fields.refreshTokenUser,
      resolve: async (_: unknown, _args: Arguments, context: Context) => {
        const { cookies, token, ...result } = await rotate(context.req)
        setCookie(context, cookies)
        return { ...result, refreshedToken: token, strategy: 'hub' }
      },
    },
    logoutUser: {
      type: graphQL.GraphQLString,
      resolve: async (_: unknown, _args: Arguments, context: Context) => {
        setCookie(context, await signOut(context.req))
        return 'Signed out'
      },
    },
    forgotPasswordUser: {
      type: new graphQL.GraphQLNonNull(GraphQLBoolean),
      args: { email: needed },
      resolve: async (_: unknown, args: Arguments, context: Context) => {
        await forgot(context.req, args)
        return true
      },
    },
    resetPasswordUser: {
      type: new graphQL.GraphQLNonNull(GraphQLBoolean),
      args: { token: text, password: text },
      resolve: async (_: unknown, args: Arguments, context: Context) => {
        await reset(context.req, args)
        return true
      },
    },
    unlockUser: {
      type: new graphQL.GraphQLNonNull(GraphQLBoolean),
      args: { email: needed },
      resolve: async (_: unknown, args: Arguments, context: Context) => {
        await unlock(context.req, args)
        return true
      },
    },
  }
}

function setCookie(context: Context, cookies: string[]): void {
  if (cookies[0]) context.headers['Set-Cookie'] = cookies[0]
}
