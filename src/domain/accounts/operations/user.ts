import type { Sql } from '../../../platform/database/sql'
import { Problem } from '../../../platform/kernel/problem'
import type { AuditAction, AuditEvent } from '../../audit/record'

export type UserRow = { id: string; email: string; disabled: boolean }

/** The user that an operation is about. Throws NOT_FOUND. */
export async function findUser(sql: Sql, userId: string): Promise<UserRow> {
  const { rows } = await sql.query<UserRow>(
    'select id, email, coalesce(disabled, false) as disabled from users where id = $1',
    [userId],
  )
  if (!rows[0]) throw new Problem('NOT_FOUND', 'There is no such user.')
  return rows[0]
}

/** The audit entry of a change to them. */
export const onUser = (action: AuditAction, { id, email }: UserRow, note: string): AuditEvent => ({
  action,
  subject: 'users',
  subjectId: id,
  title: email,
  note,
})
