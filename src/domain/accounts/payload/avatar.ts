import type { CollectionBeforeChangeHook } from 'payload'
import { invalidField } from '../../../platform/kernel/problem'
import { isAdminRequest } from '../../../platform/payload/access'
import { caller } from '../../../platform/payload/caller'
import { requestSql, UUID } from '../../../platform/payload/payload-sql'

/**
 * A user's avatar is an image of their own, unless an admin chose it. Somebody else's image and a missing one are
 * refused in the same way, so that the response reveals neither. Throws VALIDATION_ERROR.
 */
export const checkAvatar: CollectionBeforeChangeHook = async ({ data, originalDoc, req }) => {
  const me = caller(req)
  const chosen: unknown = data.avatar
  if (!me || isAdminRequest(req) || chosen === undefined || chosen === null) return data
  const kept = originalDoc?.avatar
  if (typeof chosen === 'string' && chosen === (kept?.id ?? kept)) return data
  if (typeof chosen !== 'string' || !UUID.test(chosen) || !(await isOwn(chosen))) {
    throw invalidField('avatar', 'It must be an image that you uploaded')
  }
  return data

  async function isOwn(id: string): Promise<boolean> {
    const sql = await requestSql(req)
    const found = await sql.query('select 1 from media where id = $1 and owner_id = $2', [id, me?.id])
    return found.rows.length > 0
  }
}
