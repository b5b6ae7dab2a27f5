import type { Config } from 'payload'

type Queries = NonNullable<NonNullable<Config['graphQL']>['queries']>
type Schema = Parameters<Queries>[1]
type Resolve = (source: unknown, args: unknown, context: unknown, info: unknown) => Promise<object>

/**
 * Payload's `Access` query. Payload leaves out everything that is not allowed, and then fails on its own schema, in
 * which `canAccessAdmin` is never null.
 */
export function accessQuery(schema: Schema) {
  const { fields } = (schema as unknown as { Query: { fields: Record<string, { resolve: Resolve }> } }).Query
  const access = fields.Access as { resolve: Resolve }
  const { resolve } = access
  const Access = {
    ...access,
    resolve: async (...args: Parameters<Resolve>) => ({ canAccessAdmin: false, ...(await resolve(...args)) }),
  }
  return { Access }
}

type Allowed = { read?: unknown; update?: unknown }
type ResolveGlobal = (source: unknown, context: unknown) => Promise<Allowed>

/**
 * Payload's queries about access to a global read their context where their arguments are, and return `true` where
 * their own schema has an object: they fail for both reasons. The result leaves out their fields, which are all
 * alike.
 */
export function globalAccessQueries(schema: Schema, names: readonly string[]) {
  const { fields } = (schema as unknown as { Query: { fields: Record<string, { resolve: ResolveGlobal }> } })
    .Query
  return Object.fromEntries(
    names.map((name) => {
      const field = fields[name] as { resolve: ResolveGlobal }
      const resolve: Resolve = async (source, _args, context) => {
        const { read, update } = await field.resolve(source, context)
        return { read: { permission: Boolean(read) }, update: { permission: Boolean(update) } }
      }
      return [name, { ...field, resolve }]
    }),
  )
}
