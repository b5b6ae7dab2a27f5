import { type FlattenedField, isolateObjectProperty, type Payload, type PayloadRequest } from 'payload'
import { invalidField, Problem } from '../../../platform/kernel/problem'
import { caller } from '../../../platform/payload/caller'
import { requestSql } from '../../../platform/payload/payload-sql'
import { readablePreference } from './preference-shapes'

const SLUG = 'payload-preferences'
/** The panel's own preferences have some hundred bytes; the layout of a dashboard has some thousand. */
const MOST_BYTES = 64 * 1_024
const MOST_KEY = 500
const MOST_PREFERENCES = 500
/** For all preferences of an account together, because a list of them is loaded and sent as a whole. */
const MOST_BYTES_IN_ALL = 512 * 1_024
/** An arbitrary constant of our own. Only one transaction at a time adds a preference to an account. */
const PREFERENCES_LOCK = 7_240_302

type Write = {
  collection: string
  id?: unknown
  data?: { key?: unknown; value?: unknown; user?: { value?: unknown } }
  req?: PayloadRequest
}
type Writer = (args: Write) => Promise<unknown>
type Document = { key?: unknown; value?: unknown }
type Reader = (args: { collection: string }) => Promise<unknown>

/**
 * Limits what each signed-in user may keep as preferences: 64 KiB each, 500 of them, 512 KiB in total, and none by an
 * API key. Readers get only what the panel can read. Payload bypasses hooks when it writes and reads preferences, so
 * this wraps the database adapter. For `onInit`.
 */
export function boundPreferences(payload: Payload): void {
  const db = payload.db as unknown as Record<'create' | 'upsert' | 'updateOne', Writer>
  for (const name of ['create', 'upsert', 'updateOne'] as const) {
    const write = db[name]
    db[name] = async (args) => {
      if (args.collection !== SLUG) return write.call(payload.db, args)
      check(args)
      if (!args.req) return write.call(payload.db, args)
      return inTransaction(payload, args.req, async (req) => {
        await checkAll({ ...args, req })
        return write.call(payload.db, { ...args, req })
      })
    }
  }
  readShapes(payload)
}

function readShapes(payload: Payload): void {
  const db = payload.db as unknown as Record<'find' | 'findOne', Reader>
  const readable = (doc: Document): Document => ({
    ...doc,
    value: readablePreference(doc.value, fieldsOf(payload, String(doc.key))),
  })
  for (const name of ['find', 'findOne'] as const) {
    const read = db[name]
    db[name] = async (args) => {
      const found = await read.call(payload.db, args)
      if (args.collection !== SLUG || !found) return found
      if (name === 'findOne') return readable(found as Document)
      const list = found as { docs: Document[] }
      return { ...list, docs: list.docs.map(readable) }
    }
  }
}

/**
 * The fields of the list that a preference is about: `collection-<slug>`, or `<slug>-<join>` on another collection's
 * page.
 */
function fieldsOf({ collections }: Payload, key: string): FlattenedField[] | null {
  const configs = Object.values(collections).map(({ config }) => config)
  const listed = configs.find(({ slug }) => key === `collection-${slug}`)
  if (listed) return listed.flattenedFields
  const joins = configs.flatMap(({ slug, flattenedFields }) =>
    flattenedFields.flatMap((field) =>
      field.type === 'join' && key === `${slug}-${field.name}` ? [field] : [],
    ),
  )
  const [join] = joins
  return configs.find(({ slug }) => slug === join?.collection)?.flattenedFields ?? null
}

/** Counting and adding are one step per account. Creates a transaction if Payload has none. */
async function inTransaction<Result>(
  payload: Payload,
  outer: PayloadRequest,
  work: (req: PayloadRequest) => Promise<Result>,
): Promise<Result> {
  if (await outer.transactionID) return work(outer)
  const id = await payload.db.beginTransaction()
  if (!id) return work(outer)
  const req: PayloadRequest = isolateObjectProperty(outer, 'transactionID')
  req.transactionID = id
  try {
    const result = await work(req)
    await payload.db.commitTransaction(id)
    return result
  } catch (error) {
    await payload.db.rollbackTransaction(id)
    throw error
  }
}

function check({ data, req }: Write): void {
  if (req?.user && caller(req)?.via === 'api-key')
    throw new Problem('FORBIDDEN', 'An API key cannot write preferences: they belong to the panel')
  const key = String(data?.key ?? '')
  if (key.length > MOST_KEY) throw invalidField('key', `At most ${MOST_KEY} characters`)
  const bytes = bytesOf(data?.value)
  if (bytes > MOST_BYTES) throw invalidField('value', `At most ${MOST_BYTES} bytes; these are ${bytes}`)
}

/**
 * Checks everything that an account keeps together with this preference. An existing one can be changed even if there
 * are 500.
 */
async function checkAll({ id, data, req }: Write): Promise<void> {
  const owner = data?.user?.value ?? req?.user?.id
  if (typeof owner !== 'string' || !req) return
  const sql = await requestSql(req)
  await sql.query('select pg_advisory_xact_lock($1, hashtext($2))', [PREFERENCES_LOCK, owner])
  const values = [owner, String(data?.key ?? ''), typeof id === 'string' ? id : null]
  const { rows } = await sql.query<{ others: number; bytes: number; known: boolean }>(KEPT, values)
  const { others = 0, bytes = 0, known = false } = rows[0] ?? {}
  if (others >= MOST_PREFERENCES && !known)
    throw new Problem('VALIDATION_ERROR', `You already have ${MOST_PREFERENCES} preferences: delete some`)
  if (bytes + bytesOf(data?.value) > MOST_BYTES_IN_ALL)
    throw invalidField(
      'value',
      `All preferences together have at most ${MOST_BYTES_IN_ALL} bytes: delete some`,
    )
}

const bytesOf = (value: unknown): number => Buffer.byteLength(JSON.stringify(value ?? null))

/**
 * How many preferences the account has besides the one being written, their bytes, and whether that one exists
 * already.
 */
const KEPT = `
  select count(*) filter (where not this)::int as others, coalesce(bool_or(this), false) as known,
    coalesce(sum(octet_length(value::text)) filter (where not this), 0)::float8 as bytes
  from (
    select p.value, coalesce(p.key = $2 or p.id = $3::uuid, false) as this
    from payload_preferences_rels r join payload_preferences p on p.id = r.parent_id where r.users_id = $1
  ) kept`
