import type { UsageSpan } from '../../metering/activity'

type Conditions = Record<string, Record<string, string | number>>

/** A list of the panel, already filtered: all conditions hold. */
export function listLink(collection: string, conditions: Conditions = {}): string {
  const parts = Object.entries(conditions).flatMap(([field, tests]) =>
    Object.entries(tests).map(([operator, value]) => [field, operator, value] as const),
  )
  const query = parts.map(
    ([field, operator, value], index) =>
      `where[or][0][and][${index}][${field}][${operator}]=${encodeURIComponent(String(value))}`,
  )
  return `/admin/collections/${collection}${query.length > 0 ? `?${query.join('&')}` : ''}`
}

/** The usage log within a span, and whatever else is asked. */
export function usageLink({ from, until }: UsageSpan, conditions: Conditions = {}): string {
  return listLink('usage-logs', {
    createdAt: { greater_than_equal: from.toISOString(), less_than: until.toISOString() },
    ...conditions,
  })
}
