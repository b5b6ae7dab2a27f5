import type { Pool } from 'pg'
import { LEASE_SECONDS } from '../domain/ledger/lease'
import { sealWebhookSecret } from '../domain/settings/webhook-secret'
import { sealToolSecrets } from '../domain/tools/seal-again'
import { inTransaction, type Sql } from '../platform/database/sql'
import type { Log } from '../platform/log/log'

const LOCK = 'hub.seal-again'

/**
 * Seals again what an earlier version has sealed without its destination, and lists in the log what cannot be opened.
 * Instances that start together do it one after the other. The former text of a secret stays while another instance
 * lives, which may be of that version, and goes at the first start that finds none.
 */
export async function sealSecretsAgain(pool: Pool, secret: string, log: Log): Promise<void> {
  const unreadable = await inTransaction(pool, async (sql) => {
    await sql.query('select pg_advisory_xact_lock(hashtext($1))', [LOCK])
    const ofTools = await sealToolSecrets(sql, secret)
    const ofSettings = await sealWebhookSecret(sql, secret)
    await dropFormerTexts(sql)
    return [...ofTools, ...ofSettings]
  })
  for (const one of unreadable) log.warn(one, 'a secret cannot be opened')
}

async function dropFormerTexts(sql: Sql): Promise<void> {
  const others = await sql.query(
    'select from instances where renewed_at > now() - make_interval(secs => $1) limit 1',
    [LEASE_SECONDS],
  )
  if (others.rows.length > 0) return
  for (const table of ['tool_secrets', 'setting_secrets'])
    await sql.query(
      `update ${table} set key_id = '', nonce = '', ciphertext = '' where sealed is not null and key_id <> ''`,
    )
}
