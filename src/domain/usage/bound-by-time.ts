import type { CollectionBeforeOperationHook, Where } from 'payload'
import { UUID } from '../../platform/payload/payload-sql'

/** An id that no row has, for a filter that no row can match. */
const NO_SUCH_ID = '00000000-0000-0000-0000-000000000000'

/**
 * Payload's `beforeOperation` hook of the usage log. The id contains the time, so a filter by time also becomes a
 * filter by id, and the index reads only the months in question. An invalid request id finds nothing.
 */
export const boundByTime: CollectionBeforeOperationHook = ({ args }) => {
  const { where } = args as { where?: Where }
  return where ? { ...args, where: bound(where) } : args
}

function bound(where: Where): Where {
  const added: Where[] = []
  const kept = Object.entries(where).map(([field, condition]): [string, Where | Where[]] => {
    if (Array.isArray(condition)) return [field, condition.map(bound)]
    if (field === 'createdAt') added.push(...idBounds(condition as Record<string, unknown>))
    if (field === 'requestId') return [field, uuids(condition as Record<string, unknown>) as Where]
    return [field, condition as Where]
  })
  const same = Object.fromEntries(kept) as Where
  return added.length > 0 ? { and: [same, ...added] } : same
}

function idBounds(condition: Record<string, unknown>): Where[] {
  return Object.entries(condition).flatMap(([operator, value]): Where[] => {
    const at = Date.parse(String(value))
    if (Number.isNaN(at)) return []
    if (operator === 'greater_than' || operator === 'greater_than_equal')
      return [{ id: { greater_than_equal: firstIdAt(at) } }]
    if (operator === 'less_than') return [{ id: { less_than: firstIdAt(at) } }]
    if (operator === 'less_than_equal') return [{ id: { less_than: firstIdAt(at + 1) } }]
    return []
  })
}

const uuids = (condition: Record<string, unknown>): Record<string, unknown> =>
  Object.fromEntries(
    Object.entries(condition).map(([operator, value]) => [
      operator,
      typeof value === 'string' && operator === 'equals' && !UUID.test(value) ? NO_SUCH_ID : value,
    ]),
  )

/** The lowest uuidv7 of a millisecond, like hub_uuid_at in SQL. */
function firstIdAt(ms: number): string {
  const hex = Math.max(0, Math.min(ms, 0xffff_ffff_ffff)).toString(16).padStart(12, '0')
  return `${hex.slice(0, 8)}-${hex.slice(8)}-7000-8000-000000000000`
}
