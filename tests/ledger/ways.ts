import type { TestDatabase } from '../support/database'

/** Single calls go by functions where the database's user may make them, else as batches of one: the guarantees are the same. */
export const WAYS = ['with functions for single calls', 'with statements for batches alone'] as const
export type Way = (typeof WAYS)[number]

/** The address of the same database for a user who may have no temporary objects. */
export async function withoutFunctions({ pool, url }: TestDatabase): Promise<string> {
  const name = new URL(url).pathname.slice(1)
  const role = `plain_${name}`
  await pool.query(`revoke temporary on database "${name}" from public`)
  await pool.query(`create role ${role} login password 'plain'`)
  await pool.query(`grant select, insert, update, delete on all tables in schema public to ${role}`)
  return Object.assign(new URL(url), { username: role, password: 'plain' }).toString()
}
