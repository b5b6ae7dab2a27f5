import { z } from 'zod'
import { inUtc } from '../../../platform/kernel/in-words'
import type { Operation } from '../../operation/operation'
import { LOCK_SHOWN } from '../sign-in-state'
import { unlockWithin } from '../unlock'
import { findUser } from './user'

const nothing = z.strictObject({})

/** Lifts the locks that wrong passwords put on an account. */
export const unlockUser = {
  name: 'unlock',
  access: 'admin',
  input: nothing,
  async run(sql, { subjectId, caller: { by }, now }) {
    const user = await findUser(sql, subjectId)
    const { rows } = await sql.query<{ until: Date | null }>(LOCKED_UNTIL, [user.id, now])
    await unlockWithin(sql, user.email, by)
    const until = rows[0]?.until
    const before = until ? `locked until ${inUtc(until)}` : 'not locked'
    const after = 'possible; failed attempts count from 0'
    return { output: undefined, effects: [{ what: 'Signing in by password', before, after }] }
  },
} satisfies Operation<typeof nothing, void>

const LOCKED_UNTIL = `
  select case when shown.until > moment.at then shown.until end as until
  from (select coalesce($2::timestamptz, now()) as at) moment, users u
  left join credentials on credentials.user_id = u.id left join ${LOCK_SHOWN} on true where u.id = $1`
