import type { Where } from 'payload'

/** What a filter asks of one field: an operator and a value, or several. */
export type Condition = Record<string, unknown>

/** What a filter asks of this field, wherever it stands in it. */
export function conditionsOf(where: Where, field: string): Condition[] {
  return Object.entries(where).flatMap(([name, condition]) => {
    if (Array.isArray(condition)) return condition.flatMap((one) => conditionsOf(one, field))
    return name === field ? [condition as Condition] : []
  })
}

/**
 * The filter with what `boundsOf` adds beside each condition about this field. What is added must be true of every row
 * that passes the condition: it makes the search shorter, and finds the same.
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

/** The values that a condition names, where it lets nothing but them pass; else none. */
export function namedValues({ equals, in: among }: Condition): string[] {
  const named = equals ?? (typeof among === 'string' ? among.split(',') : among)
  const all: unknown[] = Array.isArray(named) ? named : [named]
  return all.every((one) => typeof one === 'string') ? (all as string[]) : []
}
