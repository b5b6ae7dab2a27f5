import type { Where } from 'payload'
import { transformWhereQuery, validateWhereQuery } from 'payload/shared'

/** A condition's position: the index of its `or` group, and its index among that group's `and` conditions. */
export type Place = { or: number; and: number }
type Alternatives = Array<{ and: Where[] }>

const SEVERAL = ['in', 'not_in']
export const takesSeveral = (operator: string): boolean => SEVERAL.includes(operator)

/** The filter of a list, as the filter builder shows it. */
export function alternativesOf(where: Where | undefined): Alternatives {
  if (!where) return []
  const whole = validateWhereQuery(where) ? where : transformWhereQuery(where)
  return validateWhereQuery(whole) ? (whole.or as Alternatives) : []
}

/** A field's condition at a position; the operator is empty if the condition is about another field. */
export function conditionAt(where: Where | undefined, { or, and }: Place, path: string) {
  const tests = alternativesOf(where)[or]?.and[and]?.[path] as Record<string, unknown> | undefined
  const operator = Object.keys(tests ?? {})[0] ?? ''
  return { operator, value: tests?.[operator] }
}

/** The same filter with another value at one position. */
export function withValue(where: Where | undefined, place: Place, path: string, value: unknown): Where {
  const { operator } = conditionAt(where, place, path)
  const changed = { [path]: { [operator]: value } } as Where
  return {
    or: alternativesOf(where).map(({ and }, or) => ({
      and: and.map((one, index) => (or === place.or && index === place.and ? changed : one)),
    })),
  }
}

/** The part of a value that an operator accepts: when the operator changes, the previous operator's value stays. */
export function fitting(operator: string, value: unknown): unknown {
  const isTruth = value === 'true' || value === 'false'
  if (operator === 'exists') return isTruth ? value : undefined
  if (isTruth) return undefined
  return Array.isArray(value) && !takesSeveral(operator) ? value[0] : value
}

/** The ids in a value; the page's address may separate them with commas. */
export function idsOf(operator: string, value: unknown): string[] {
  const listed = takesSeveral(operator) && typeof value === 'string' ? value.split(',') : value
  return (Array.isArray(listed) ? listed : [listed]).filter((id) => typeof id === 'string' && id !== '')
}
