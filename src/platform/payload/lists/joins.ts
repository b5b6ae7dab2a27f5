import type { SanitizedCollectionConfig as Config, Payload } from 'payload'
import { invalidField } from '../../kernel/problem'
import { DEFAULT_ROWS, MOST_ROWS } from './rows'

type Field = { defaultLimit?: number; collection: string | string[]; on: string }
type Join = { joinPath: string; field: Field }
/** The joins that a caller requested; false leaves out one join, or all. */
export type JoinsAsked = Record<string, { limit?: unknown } | false | undefined> | false | undefined

/** Joins of a list: those that the caller named, and those that Payload adds by itself. Rows are per document. */
export type JoinedRows = { asked: number; unasked: number; unaskedPaths: string[] }

/**
 * How many rows the joins of one document may have. Throws VALIDATION_ERROR for a limit that is not a number from 1 to
 * the maximum: Payload reads 0 and less as "all".
 */
export function joinedRows(payload: Payload, config: Config, joins: JoinsAsked): JoinedRows {
  const sum: JoinedRows = { asked: 0, unasked: 0, unaskedPaths: [] }
  if (joins === false) return sum
  for (const { joinPath, field } of joinsOf(config)) {
    const asked = joins?.[joinPath]
    if (asked === false) continue
    if (asked) sum.asked += limitOf(asked, joinPath, field)
    else {
      sum.unasked += isOneToOne(payload, field) ? 1 : (field.defaultLimit ?? DEFAULT_ROWS)
      sum.unaskedPaths.push(joinPath)
    }
  }
  return sum
}

/** The same joins without those at `paths`. */
export function withoutJoins(joins: JoinsAsked, paths: string[]): JoinsAsked {
  return { ...joins, ...Object.fromEntries(paths.map((path) => [path, false as const])) }
}

/** How many rows are in the joins of documents that were loaded. */
export function countJoined(config: Config, docs: readonly object[]): number {
  const paths = joinsOf(config).map(({ joinPath }) => joinPath.split('.'))
  let rows = 0
  for (const doc of paths.length ? docs : [])
    for (const path of paths) {
      const join = path.reduce<unknown>((part, name) => (part as Record<string, unknown> | null)?.[name], doc)
      rows += (join as { docs?: unknown[] } | null | undefined)?.docs?.length ?? 0
    }
  return rows
}

function joinsOf(config: Config): Join[] {
  return [
    ...Object.values(config.joins ?? {}).flat(),
    ...(config.polymorphicJoins ?? []),
  ] as unknown as Join[]
}

function limitOf({ limit }: { limit?: unknown }, path: string, field: Field): number {
  if (limit === undefined || limit === null) return field.defaultLimit ?? DEFAULT_ROWS
  if (typeof limit === 'number' && Number.isInteger(limit) && limit > 0) return limit
  throw invalidField(`joins.${path}.limit`, `Must be a whole number from 1 to ${MOST_ROWS}`)
}

function isOneToOne(payload: Payload, { collection, on }: Field): boolean {
  if (Array.isArray(collection)) return false
  const target = payload.collections[collection as keyof typeof payload.collections]?.config
  const field = target?.flattenedFields.find(({ name }) => name === on)
  return Boolean(field && 'unique' in field && field.unique)
}
