import type { CollectionBeforeOperationHook, Where } from 'payload'
import { validate } from 'uuid'

/**
 * A hook for long lists: where the panel's search asks for text *within* these fields, which would read every row, it
 * asks for the whole value instead, which has an index. Ids are stored in small letters.
 */
export function exactSearch(fields: readonly string[]): CollectionBeforeOperationHook {
  return ({ args }) => {
    const { where } = args as { where?: Where }
    return where ? { ...args, where: exact(where, new Set(fields)) } : args
  }
}

function exact(where: Where, fields: ReadonlySet<string>): Where {
  return Object.fromEntries(
    Object.entries(where).map(([key, condition]) => {
      if (Array.isArray(condition)) return [key, condition.map((one) => exact(one, fields))]
      const { like, ...rest } = (condition ?? {}) as { like?: unknown }
      return [
        key,
        fields.has(key) && typeof like === 'string' ? { ...rest, equals: stored(like.trim()) } : condition,
      ]
    }),
  ) as Where
}

const stored = (text: string) => (validate(text) ? text.toLowerCase() : text)
