import { inTransaction } from '../../platform/database/sql'
import type { AccountsDeps, Origin } from './deps'
import { countConfirmation, unlessTooMany } from './limits'
import { mailConfirmLink } from './register'

/**
 * Mails a new link to a user who signed in with the right password but has not confirmed the address; the previous
 * link stops working. Mails nothing if too many were sent, per account or per client address.
 */
export async function mailFreshLink(
  deps: AccountsDeps,
  user: { id: string; email: string },
  origin: Origin,
  now: Date | null,
): Promise<void> {
  const mayMail = await countConfirmation(deps, origin.address, user.email).then(() => true, unlessTooMany)
  if (!mayMail) return
  await inTransaction(deps.pool, async (sql) => {
    // Locked, so that of two sign-ins at once the later link replaces the earlier.
    await sql.query('select from users where id = $1 for no key update', [user.id])
    await mailConfirmLink(sql, user, now, deps.config)
  })
}
