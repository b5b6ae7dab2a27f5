import type { CollectionBeforeChangeHook } from 'payload'
import { invalidField } from '../../../platform/kernel/problem'
import { requestSql } from '../../../platform/payload/payload-sql'

type Stored = { revoked: boolean; ended: boolean; expires_at: Date | null; now: Date }

/**
 * Keeps an ended key ended: a revoked key cannot be activated again, and neither a revoked nor an expired one can get
 * an expiry in the future, or none. The row is locked, and the database's clock decides, as at a sign-in. Throws
 * VALIDATION_ERROR with the field.
 */
export const keepKeyEnded: CollectionBeforeChangeHook = async ({ data, operation, originalDoc, req }) => {
  if (operation !== 'update') return data
  const sql = await requestSql(req)
  const stored = (await sql.query<Stored>(FIND_KEY, [originalDoc?.id])).rows[0]
  if (!stored?.ended) return data
  if (stored.revoked && data.active === true) {
    throw invalidField('active', 'A revoked key cannot be activated again: create a new one')
  }
  if (data.expiresAt !== undefined && extendsKey(data.expiresAt, stored)) {
    throw invalidField('expiresAt', 'An expired key cannot be extended: create a new one')
  }
  return data
}

const FIND_KEY = `
  select active is not true as revoked, active is not true or coalesce(expires_at <= now(), false) as ended,
    expires_at, now() as now
  from api_keys where id = $1 for no key update`

/** True for an expiry that differs from the stored one and is not in the past; an invalid date counts as such. */
function extendsKey(value: unknown, { expires_at: before, now }: Stored): boolean {
  if (value === null || value === '') return before !== null
  const end = typeof value === 'string' || value instanceof Date ? new Date(value).getTime() : Number.NaN
  return end !== before?.getTime() && !(end <= now.getTime())
}
