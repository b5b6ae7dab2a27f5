import type {
  CollectionBeforeOperationHook,
  Payload,
  PayloadRequest,
  SanitizedCollectionConfig,
  Where,
} from 'payload'
import { invalidField } from '../../kernel/problem'
import { boundGlobalVersions } from './global-versions'
import { type JoinsAsked, joinedRows, withoutJoins } from './joins'
import { reserveRows, rowsLeft } from './row-budget'
import { MOST_ROWS, rowsAsked } from './rows'
import { watchRows } from './watch-rows'

type Arguments = {
  id?: unknown
  limit?: unknown
  page?: unknown
  pagination?: unknown
  joins?: JoinsAsked
  where?: Where
  trash?: boolean
  currentDepth?: number
  overrideAccess?: boolean
}
type Asked = { args: Arguments; config: SanitizedCollectionConfig; req: PayloadRequest }

/** No document has this id. */
const NOBODY = '00000000-0000-0000-0000-000000000000'

/**
 * Limits the rows that one request to the generated API may load: at most 1,000, including joins and populated relations.
 * The hub's own code and the panel's server use the Local API, which has no limit. The rows of a GraphQL document are
 * counted before it runs (`graphql-rows.ts`). Called in `onInit`.
 */
export function boundLists(payload: Payload): void {
  const hook = boundOperation as unknown as CollectionBeforeOperationHook
  for (const { config } of Object.values(payload.collections))
    config.hooks.beforeOperation = [hook, ...(config.hooks.beforeOperation ?? [])]
  boundGlobalVersions(payload)
  watchRows(payload)
}

type Operation = Parameters<CollectionBeforeOperationHook>[0]

async function boundOperation({
  args,
  collection,
  operation,
  req,
}: Operation): Promise<Arguments | undefined> {
  const given = args as Arguments
  if (!isOutside(req) || given.overrideAccess === true) return
  const asked: Asked = { args: given, config: collection, req }
  if (operation === 'update' || operation === 'delete')
    return given.id === undefined ? boundBulk(asked, operation) : undefined
  if (operation !== 'read' && operation !== 'readDistinct') return
  if (given.currentDepth !== undefined) return boundPopulation(asked)
  return given.id === undefined ? boundList(asked) : boundDocument(asked)
}

/** True for REST and GraphQL; for the Local API the value is `local`. */
const isOutside = ({ payloadAPI }: Partial<PayloadRequest>): boolean =>
  payloadAPI === 'REST' || payloadAPI === 'GraphQL'

async function boundList(asked: Asked): Promise<Arguments> {
  const { args, config, req } = asked
  const { rows, isMaximum } = rowsAsked(args)
  const joined = req.payloadAPI === 'REST' ? joinedRows(req.payload, config, args.joins) : NO_JOINS
  const limit = isMaximum ? Math.max(1, Math.floor(rows / (1 + joined.asked))) : rows
  if (limit * (1 + joined.asked) > MOST_ROWS) throw tooManyJoined()
  // Payload reads an empty string as no limit, so the number is always set.
  const bounded = { ...args, limit, ...(isMaximum ? { pagination: true } : {}) }
  if (limit * (1 + joined.asked + joined.unasked) <= MOST_ROWS) return bounded
  const docs = Math.min(limit, await countMatching(asked))
  if (docs * (1 + joined.asked + joined.unasked) <= MOST_ROWS) return bounded
  // Joins that the caller did not request are left out, as with `joins=false`, instead of refusing the documents.
  return { ...bounded, joins: withoutJoins(args.joins, joined.unaskedPaths) }
}

const NO_JOINS = { asked: 0, unasked: 0, unaskedPaths: [] }

function boundDocument({ args, config, req }: Asked): undefined {
  if (req.payloadAPI === 'REST' && joinedRows(req.payload, config, args.joins).asked >= MOST_ROWS)
    throw tooManyJoined()
}

const tooManyJoined = () =>
  invalidField(
    'joins',
    `A request loads at most ${MOST_ROWS} rows, joins included: lower \`limit\` or the limit of the joins`,
  )

/**
 * Payload loads the relations of a list with one query per collection. If they would exceed the maximum, they stay ids, as
 * with `depth=0`.
 */
function boundPopulation({ args, config, req }: Asked): Arguments | undefined {
  if (req.payloadAPI !== 'REST') return
  const ids = (args.where as { id?: { in?: unknown[] } } | undefined)?.id?.in ?? []
  const left = rowsLeft(req)
  if (ids.length > left) return { ...args, where: { id: { equals: NOBODY } } }
  reserveRows(req, config.slug, ids.length)
  const { asked, unasked, unaskedPaths } = joinedRows(req.payload, config, args.joins)
  if (ids.length * (1 + asked + unasked) <= left) return
  return { ...args, joins: withoutJoins(args.joins, unaskedPaths) }
}

/**
 * A bulk operation loads every document that it changes. Changing only some of them would be a surprise, so the
 * operation is refused.
 */
async function boundBulk(asked: Asked, operation: 'update' | 'delete'): Promise<undefined> {
  // Payload's bulk deletion has no limit.
  const isLimited = operation === 'update' && !rowsAsked({ limit: asked.args.limit || 0 }).isMaximum
  if (isLimited || !asked.args.where) return
  const found = await countMatching(asked)
  if (found <= MOST_ROWS) return
  throw invalidField(
    'where',
    `At most ${MOST_ROWS} documents can be changed at once; the filter matches ${found}`,
  )
}

/**
 * How many documents match, of those that the caller may read. The filter is copied, because Payload changes its
 * argument.
 */
async function countMatching({ args, config, req }: Asked): Promise<number> {
  const { totalDocs } = await req.payload.count({
    collection: config.slug as 'users',
    where: structuredClone(args.where ?? {}),
    trash: args.trash ?? false,
    overrideAccess: false,
    req,
  })
  return totalDocs
}
