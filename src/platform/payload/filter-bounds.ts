import type { CollectionBeforeOperationHook, Payload } from 'payload'
import { Problem } from '../kernel/problem'

const MOST_CONDITIONS = 30
/** Operators that count as one condition, however many values they have. */
const OF_LISTS = ['in', 'not_in', 'all']

/**
 * Limits the filters of every collection. The database checks each condition for each row, so some hundreds of conditions
 * would keep one of its cores busy for seconds. Every interface ends in an operation, so the check is there.
 */
export function boundFilters(payload: Payload): void {
  for (const { config } of Object.values(payload.collections))
    config.hooks.beforeOperation = [checkFilter, ...(config.hooks.beforeOperation ?? [])]
}

/** Calls of the hub's own code, which no access rule binds, may filter as they need. Throws `Problem`. */
const checkFilter: CollectionBeforeOperationHook = ({ args }) => {
  const { where, joins, overrideAccess } = args as {
    where?: unknown
    joins?: unknown
    overrideAccess?: boolean
  }
  if (overrideAccess === true) return
  if (lacksCondition(where))
    throw new Problem('VALIDATION_ERROR', 'A filter names a field without a condition')
  const joined = Object.values(joins ?? {}).map((join) => (join as { where?: unknown } | null)?.where)
  const conditions = [where, ...joined].reduce((sum: number, one) => sum + countConditions(one), 0)
  if (conditions > MOST_CONDITIONS)
    throw new Problem('VALIDATION_ERROR', `A filter has at most ${MOST_CONDITIONS} conditions`)
}

/** GraphQL accepts null as a condition. No filter can be built from it, and hooks that read filters need not handle it. */
function lacksCondition(where: unknown): boolean {
  if (typeof where !== 'object' || where === null) return false
  const isLacking = (part: unknown) => part === null || lacksCondition(part)
  return Object.values(where).some((condition) =>
    Array.isArray(condition) ? condition.some(isLacking) : condition === null,
  )
}

/** The number of comparisons of a filter; `like` makes one for each word. */
function countConditions(value: unknown, operator = ''): number {
  if (value === undefined || value === null) return operator ? 1 : 0
  if (typeof value !== 'object') return operator === 'like' ? String(value).split(' ').length : 1
  const parts = Object.entries(value)
  if (OF_LISTS.includes(operator) && parts.every(([, part]) => typeof part !== 'object')) return 1
  const isList = Array.isArray(value)
  return Math.max(
    operator ? 1 : 0,
    parts.reduce((sum, [name, part]) => sum + countConditions(part, isList ? operator : name), 0),
  )
}
