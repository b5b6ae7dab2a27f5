import type { UsageSpan } from '../../domain/usage/activity'
import { utcDay } from '../../platform/kernel/in-words'
import type { DashboardView } from './range'

type Conditions = Record<string, Record<string, string | number>>

/** The address of a list of the panel, already filtered: all conditions must match. */
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

/** The page that shows all about one user. */
export const userPage = (id: string): string => `/admin/collections/users/${id}/overview`

/** The calls of a span that have ended, successfully or not: the calls that the sums count. */
export const settledLink = (span: UsageSpan, conditions: Conditions = {}): string =>
  usageLink(span, { status: { in: 'success,error,timeout' }, ...conditions })

/** Everybody who made a call in the range that the dashboard shows. */
export function activeUsersLink({ range, span }: DashboardView, page = 1): string {
  const day = (time: number) => utcDay(new Date(time))
  const own = range === 'own' ? `&from=${day(span.from.getTime())}&to=${day(span.until.getTime() - 1)}` : ''
  return `/admin/active-users?range=${range}${own}${page > 1 ? `&page=${page}` : ''}`
}

/** The subscriptions of a plan, or of all plans, that have used at least this share. */
export const planFillLink = (planId: string | null, level: number, page = 1): string =>
  `/admin/plan-fill?${planId ? `plan=${planId}&` : ''}above=${level}${page > 1 ? `&page=${page}` : ''}`

/** The usage log within a span, with further conditions. */
export function usageLink({ from, until }: UsageSpan, conditions: Conditions = {}): string {
  return listLink('usage-logs', {
    createdAt: { greater_than_equal: from.toISOString(), less_than: until.toISOString() },
    ...conditions,
  })
}

/** The filter in the address of a list, without the page number. */
export const filterOf = (params: Iterable<[string, string]>): string =>
  new URLSearchParams([...params].filter(([key]) => key === 'search' || key.startsWith('where'))).toString()
