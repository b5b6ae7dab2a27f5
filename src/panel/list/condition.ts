import type { Where } from 'payload'
import { transformWhereQuery, validateWhereQuery } from 'payload/shared'

/** Where a condition stands: in which of the alternatives, and there as which of those that must all hold. */
export type Place = { or: number; and: number }
type Alternatives = Array<{ and: Where[] }>

const SEVERAL = ['in', 'not_in']
export const takesSeveral = (operator: string): boolean => SEVERAL.includes(operator)

/** The filter of a list, as its builder shows it. */
export function alternativesOf(where: Where | undefined): Alternatives {
  if (!where) return []
  const whole = validateWhereQuery(where) ? where : transformWhereQuery(where)
  return validateWhereQuery(whole) ? (whole.or as Alternatives) : []
}

/** What stands at a place about a field; its operator is empty where it is about another one. */
export function conditionAt(where: Where | undefined, { or, and }: Place, path: string) {
  const tests = alternativesOf(where)[or]?.and[and]?.[path] as Record<string, unknown> | undefined
  const operator = Object.keys(tests ?? {})[0] ?? ''
  return { operator, value: tests?.[operator] }
}

/** The same filter with another value at one place. */
export function withValue(where: Where | undefined, place: Place, path: string, value: unknown): Where {
  const { operator } = conditionAt(where, place, path)
  const changed = { [path]: { [operator]: value } } as Where
  return {
    or: alternativesOf(where).map(({ and }, or) => ({
      and: and.map((one, index) => (or === place.or && index === place.and ? changed : one)),
    })),
  }
}

/** What of a value an operator can take: a change of the operator leaves the value of the one before. */
export function fitting(operator: string, value: unknown): unknown {
  const isTruth = value === 'true' || value === 'false'
  if (operator === 'exists') return isTruth ? value : undefined
  if (isTruth) return undefined
  return Array.isArray(value) && !takesSeveral(operator) ? value[0] : value
}

/** The ids that a value names; an address may list them with commas. */
export function idsOf(operator: string, value: unknown): string[] {
  const listed = takesSeveral(operator) && typeof value === 'string' ? value.split(',') : value
  return (Array.isArray(listed) ? listed : [listed]).filter((id) => typeof id === 'string' && id !== '')
}
