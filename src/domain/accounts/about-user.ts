import type { Sql } from '../../platform/database/sql'
import { readSettings } from '../settings/read-settings'

/** Words that somebody could guess from an account: its name and address, and the hub's name. */
export type AboutUser = { email: string; about: string[] }

/** These words for a stored user; only the hub's name if no such user exists. */
export async function readAboutUser(sql: Sql, userId: string | null): Promise<AboutUser> {
  const [{ hubName }, found] = await Promise.all([
    readSettings(sql),
    sql.query<{ name: string; email: string }>('select name, email from users where id = $1', [userId]),
  ])
  const { name = '', email = '' } = found.rows[0] ?? {}
  return { email, about: [name, email, hubName] }
}
