import type { Where } from 'payload'

/** The condition of a filter on one field: operators and their values. */
export type Condition = Record<string, unknown>

/** The conditions of a filter on this field, at any depth. */
export function conditionsOf(where: Where, field: string): Condition[] {
  return Object.entries(where).flatMap(([name, condition]) => {
    if (Array.isArray(condition)) return condition.flatMap((one) => conditionsOf(one, field))
    return name === field ? [condition as Condition] : []
  })
}

/**
 * The filter with the conditions that `boundsOf` adds to each condition on this field. They must be true for every row that
 * matches the original condition: the search gets faster and finds the same rows.
 */
export function withBounds(where: Where, field: string, boundsOf: (condition: Condition) => Where[]): Where {
  const same = Object.fromEntries(
    Object.entries(where).map(([name, condition]) => [
      name,
      Array.isArray(condition) ? condition.map((one) => withBounds(one, field, boundsOf)) : condition,
    ]),
  ) as Where
  const added = field in where ? boundsOf(where[field] as Condition) : []
  return added.length > 0 ? { and: [same, ...added] } : same
}

/** The values of a condition, if it matches only these values; otherwise none. */
export function namedValues({ equals, in: among }: Condition): string[] {
  const named = equals ?? (typeof among === 'string' ? among.split(',') : among)
  const all: unknown[] = Array.isArray(named) ? named : [named]
  return all.every((one) => typeof one === 'string') ? (all as string[]) : []
}
