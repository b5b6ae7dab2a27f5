import type { Config } from 'payload'

type Queries = NonNullable<NonNullable<Config['graphQL']>['queries']>
type Schema = Parameters<Queries>[1]
type Resolve = (source: unknown, args: unknown, context: unknown, info: unknown) => Promise<object>

/**
 * Payload's `Access` query. Payload leaves out whatever is not allowed, and then fails on its own schema, in which
 * `canAccessAdmin` is never null.
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
