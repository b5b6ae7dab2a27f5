import { z } from 'zod'
import { Problem } from '../../../platform/kernel/problem'
import type { Operation } from '../../operation/operation'
import { revokeWithin } from '../api-keys'
import { findUser } from './user'

const input = z.strictObject({ keyId: z.uuid() })

/** Revokes a user's API key permanently. Throws NOT_FOUND, or CONFLICT if it is already revoked. */
export const revokeKeyOfUser = {
  name: 'revokeKey',
  access: 'admin',
  input,
  async run(sql, { subjectId, input: { keyId }, caller: { by }, now }) {
    const user = await findUser(sql, subjectId)
    const { rows } = await sql.query<{ name: string; active: boolean }>(
      'select name, coalesce(active, false) as active from api_keys where id = $1 and user_id = $2 for no key update',
      [keyId, user.id],
    )
    const key = rows[0]
    if (!key) throw new Problem('NOT_FOUND', 'There is no such API key.')
    if (!key.active) throw new Problem('CONFLICT', 'This key is revoked already.')
    await revokeWithin(sql, user.id, keyId, now, by)
    const what = `API key “${key.name}”`
    return { output: undefined, effects: [{ what, before: 'works', after: 'revoked at once, permanently' }] }
  },
} satisfies Operation<typeof input, void>
