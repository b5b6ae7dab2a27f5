import type { CollectionBeforeOperationHook, FlattenedField, Payload, Where } from 'payload'

const DAY = /^\d{4}-\d{2}-\d{2}$/
const DAY_MS = 86_400_000
/** The operators for one exact time, and whether each excludes that time. */
const EQUALITIES: Record<string, boolean> = { equals: false, in: false, not_equals: true, not_in: true }

/**
 * Lets a filter of a date name a day: `equals` 2026-11-30 matches times on that day, in UTC. Payload would compare
 * with its first millisecond, which never matches. A value with a time is still that exact time. Called in `onInit`.
 */
export function answerDayFilters(payload: Payload): void {
  for (const { config } of Object.values(payload.collections)) {
    const isDate = (path: string) => fieldAt(payload, config.flattenedFields, path)?.type === 'date'
    config.hooks.beforeOperation = [dayFilters(isDate), ...(config.hooks.beforeOperation ?? [])]
  }
}

/** This hook, for the paths of dates. */
export function dayFilters(isDate: (path: string) => boolean): CollectionBeforeOperationHook {
  return ({ args }) => {
    const { where } = args as { where?: Where }
    return where ? { ...args, where: answered(where, isDate) } : args
  }
}

function answered(where: Where, isDate: (path: string) => boolean): Where {
  if (typeof where !== 'object' || where === null) return where
  const days: Where[] = []
  const kept = Object.entries(where).map(([name, condition]) => {
    if (Array.isArray(condition)) return [name, condition.map((one) => answered(one, isDate))]
    if (typeof condition !== 'object' || condition === null || !isDate(name)) return [name, condition]
    const rest = Object.entries(condition).filter(([operator, value]) => {
      const asked = daysAsked(operator, value)
      if (asked) days.push(within(name, asked, EQUALITIES[operator] === true))
      return !asked
    })
    return [name, rest.length > 0 ? Object.fromEntries(rest) : null]
  })
  if (days.length === 0) return Object.fromEntries(kept) as Where
  const others = kept.filter(([, condition]) => condition !== null)
  return { and: [...(others.length > 0 ? [Object.fromEntries(others) as Where] : []), ...days] }
}

/** The days in a condition; null if it has none. A URL separates them with commas. */
function daysAsked(operator: string, value: unknown): string[] | null {
  if (!(operator in EQUALITIES)) return null
  const isList = operator === 'in' || operator === 'not_in'
  const named =
    isList && typeof value === 'string' ? value.split(',').map((day) => day.trim()) : [value].flat()
  const days = named.filter((day): day is string => typeof day === 'string' && isDay(day))
  return days.length > 0 && days.length === named.length ? days : null
}

const isDay = (text: string) => DAY.test(text) && !Number.isNaN(Date.parse(text))

function within(path: string, days: string[], isOther: boolean): Where {
  const bounds = days.map((day) =>
    [new Date(day), new Date(Date.parse(day) + DAY_MS)].map((at) => at.toISOString()),
  )
  const inside = bounds.map(
    ([first, next]): Where => ({
      and: [{ [path]: { greater_than_equal: first } }, { [path]: { less_than: next } }],
    }),
  )
  const outside = bounds.map(
    ([first, next]): Where => ({
      or: [
        { [path]: { less_than: first } },
        { [path]: { greater_than_equal: next } },
        { [path]: { exists: false } },
      ],
    }),
  )
  return isOther ? { and: outside } : { or: inside }
}

/** The field at the end of a path through groups and related documents; GraphQL writes it with `__`. */
function fieldAt(payload: Payload, fields: FlattenedField[], path: string): FlattenedField | undefined {
  const [name, ...rest] = path.split(/\.|__/)
  const field = fields.find((one) => one.name === name)
  if (!field || rest.length === 0) return field
  if ('flattenedFields' in field) return fieldAt(payload, field.flattenedFields, rest.join('.'))
  const related = 'relationTo' in field && typeof field.relationTo === 'string' ? field.relationTo : undefined
  const config = related && payload.collections[related as 'users']?.config
  return config ? fieldAt(payload, config.flattenedFields, rest.join('.')) : undefined
}
