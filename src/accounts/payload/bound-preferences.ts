import type { Payload, PayloadRequest } from 'payload'
import { readingSql } from '../../database/payload-sql'
import { invalidField, Problem } from '../../problem'

const SLUG = 'payload-preferences'
/** The panel's own have some hundred bytes; the layout of a dashboard some thousand. */
const MOST_BYTES = 64 * 1_024
const MOST_KEY = 500
const MOST_PREFERENCES = 500

type Write = {
  collection: string
  data?: { key?: unknown; value?: unknown; user?: { value?: unknown } }
  req?: Partial<PayloadRequest>
}
type Writer = (args: Write) => Promise<unknown>

/**
 * Bounds what anybody who is signed in may keep as preferences: 64 KiB each, 500 in all. Payload's ways to write them
 * pass by hooks, so the check stands at the database's door. For `onInit`.
 */
export function boundPreferences(payload: Payload): void {
  const db = payload.db as unknown as Record<'create' | 'upsert' | 'updateOne', Writer>
  for (const name of ['create', 'upsert', 'updateOne'] as const) {
    const write = db[name]
    db[name] = async (args) => {
      if (args.collection === SLUG) await check(args, name !== 'updateOne')
      return write.call(payload.db, args)
    }
  }
}

async function check({ data, req }: Write, mayAdd: boolean): Promise<void> {
  const key = String(data?.key ?? '')
  if (key.length > MOST_KEY) throw invalidField('key', `At most ${MOST_KEY} characters`)
  const bytes = Buffer.byteLength(JSON.stringify(data?.value ?? null))
  if (bytes > MOST_BYTES) throw invalidField('value', `At most ${MOST_BYTES} bytes; these are ${bytes}`)
  const owner = data?.user?.value
  if (!mayAdd || typeof owner !== 'string' || !req) return
  const sql = await readingSql(req as PayloadRequest)
  const { rows } = await sql.query<{ kept: number; known: boolean }>(COUNT, [owner, key])
  if ((rows[0]?.kept ?? 0) >= MOST_PREFERENCES && !rows[0]?.known)
    throw new Problem('VALIDATION_ERROR', `You keep ${MOST_PREFERENCES} preferences already: delete some`)
}

const COUNT = `
  select count(*)::int as kept, coalesce(bool_or(p.key = $2), false) as known
  from payload_preferences_rels r join payload_preferences p on p.id = r.parent_id where r.users_id = $1`
