import type { Pool } from 'pg'
import { perProcess, setPerProcess } from '../../../platform/kernel/process'
import { runtime } from '../../../platform/runtime/runtime'

/**
 * Whether cookies are still read under their old names: for the life of one refresh token after the first start over
 * https. If it were longer, a neighbouring host could go on planting them.
 */
export async function readsOldNames(): Promise<boolean> {
  const { pool, config } = runtime()
  const since = await perProcess('accounts.cookie-names-since', () => namesChangedAt(pool)).catch(forget)
  return since !== null && Date.now() - since.getTime() < config.refreshTokenDays * 86_400_000
}

/** Notes that cookies have their new names from now on, unless that was noted before. Called at the start. */
export async function noteCookieNames(): Promise<void> {
  if (runtime().config.hubUrl.startsWith('https:')) await readsOldNames()
}

/** When the names changed. A hub where nobody has signed in yet has no old names to read. */
async function namesChangedAt(pool: Pool): Promise<Date | null> {
  await pool.query(NOTE)
  const found = await pool.query<{ at: Date | null }>(
    `select at from hub_moments where name = 'cookie-names'`,
  )
  return found.rows[0]?.at ?? null
}

/** While the database is away the answer is unknown; the next request asks again. */
function forget(): null {
  setPerProcess('accounts.cookie-names-since', undefined)
  return null
}

const NOTE = `
  insert into hub_moments (name, at)
  select 'cookie-names', case when exists (select from sessions) then now() end
  on conflict (name) do nothing`
