import type { CollectionBeforeOperationHook, FlattenedField, Payload, Where } from 'payload'
import { UUID } from './payload-sql'

/** How Payload writes "none" in a filter. */
const NONE = ['null', null]
const READS = ['read', 'count']
/** No document has this id. It replaces a list without ids. */
const NO_SUCH_ID = '00000000-0000-0000-0000-000000000000'
/** Matches every document. An empty condition would be removed from an `or`, which would then match fewer. */
const MATCHES_ALL: Where = { id: { exists: true } }
/** Fields that contain ids but are not relationships. */
const KEPT_AS_IDS: Record<string, string[]> = { 'usage-logs': ['requestId'] }

/**
 * Makes every filter that the panel's lists offer work for ids. Payload offers a search for text within an id, and "none"
 * among several documents. The database supports neither, and the list would be an empty page. Called in `onInit`.
 */
export function answerIdFilters(payload: Payload): void {
  const collections: Record<string, Payload['collections']['users'] | undefined> = payload.collections
  const hasUuids = (slug: string) => collections[slug]?.customIDType === undefined
  for (const { config } of Object.values(payload.collections)) {
    const related = config.flattenedFields.filter(isRelated).filter(({ relationTo }) => hasUuids(relationTo))
    const own = [...(hasUuids(config.slug) ? ['id'] : []), ...(KEPT_AS_IDS[config.slug] ?? [])]
    const hook = idFilters([...own, ...related.map(({ name }) => name)])
    config.hooks.beforeOperation = [hook, ...(config.hooks.beforeOperation ?? [])]
  }
}

const isRelated = (field: FlattenedField): field is FlattenedField & { relationTo: string } =>
  (field.type === 'relationship' || field.type === 'upload') &&
  typeof field.relationTo === 'string' &&
  !field.hasMany

/** This hook for these fields. Changes and deletions by a filter keep it: it must be one that the database supports. */
export function idFilters(fields: readonly string[]): CollectionBeforeOperationHook {
  const known = new Set(fields)
  return ({ args, operation }) => {
    const { where } = args as { where?: Where }
    return where && READS.includes(operation) ? { ...args, where: answered(where, known) } : args
  }
}

function answered(where: Where, fields: ReadonlySet<string>): Where {
  if (typeof where !== 'object' || where === null) return where
  const parts = Object.entries(where).map(([name, condition]): Where => {
    if (Array.isArray(condition)) return { [name]: condition.map((one) => answered(one, fields)) }
    if (!fields.has(name) || typeof condition !== 'object' || condition === null) return { [name]: condition }
    const tests = Object.entries(condition).map(([operator, value]) => test(name, operator, value))
    return tests.length === 1 ? (tests[0] as Where) : { and: tests }
  })
  return parts.length === 1 ? (parts[0] as Where) : { and: parts }
}

function test(field: string, operator: string, value: unknown): Where {
  const as = (asked: string, of: unknown): Where => ({ [field]: { [asked]: of } })
  if (operator === 'in' || operator === 'not_in') return amongSeveral(as, operator, listed(value))
  if (operator === 'contains') return as('in', isId(value) ? [value] : [NO_SUCH_ID])
  if (operator === 'not_like') return isId(value) ? as('not_equals', value) : MATCHES_ALL
  return as(operator, value)
}

function amongSeveral(
  as: (operator: string, value: unknown) => Where,
  operator: 'in' | 'not_in',
  values: unknown[],
): Where {
  const ids = values.filter(isId)
  const hasNone = values.some((value) => NONE.includes(value as string | null))
  if (operator === 'in') {
    if (!hasNone) return as('in', ids.length > 0 ? ids : [NO_SUCH_ID])
    return ids.length > 0 ? { or: [as('in', ids), as('exists', false)] } : as('exists', false)
  }
  if (ids.length === 0) return hasNone ? as('exists', true) : MATCHES_ALL
  return hasNone ? { and: [as('not_in', ids), as('exists', true)] } : as('not_in', ids)
}

/** A URL may contain a comma-separated list. */
const listed = (value: unknown): unknown[] =>
  typeof value === 'string' ? value.split(',').map((one) => one.trim()) : [value].flat()

const isId = (value: unknown): boolean => typeof value === 'string' && UUID.test(value)
