import type { Sql } from '../../platform/database/sql'
import { invalidField } from '../../platform/kernel/problem'
import {
  decryptSecret,
  encryptSecret,
  originOf,
  type SealedSecret,
  SecretUnreadable,
} from '../../platform/outbound/seal'
import { type FormerSecret, openFormer } from '../../platform/outbound/seal-before'

const SCOPE = 'settings'
const NAME = 'webhook-secret'
const PREFIX = 'whsec_'

/**
 * The bytes of a signing secret as Standard Webhooks writes it: `whsec_` and 24 to 64 bytes in base64. Throws
 * VALIDATION_ERROR for anything else.
 */
export function readWebhookSecret(text: unknown): Buffer {
  const encoded = typeof text === 'string' && text.startsWith(PREFIX) ? text.slice(PREFIX.length) : ''
  const bytes = /^[A-Za-z0-9+/]+={0,2}$/.test(encoded) ? Buffer.from(encoded, 'base64') : Buffer.alloc(0)
  if (bytes.length >= 24 && bytes.length <= 64) return bytes
  throw invalidField('webhookSecret', 'It must be whsec_ followed by 24 to 64 bytes in base64')
}

/** Seals the secret for the webhook's address and stores it in place of the previous one. */
export async function storeWebhookSecret(
  sql: Sql,
  text: string,
  url: string | null,
  secret: string,
): Promise<void> {
  readWebhookSecret(text)
  const { sealed } = encryptSecret(SCOPE, NAME, text, secret, originOf(url))
  await sql.query('delete from setting_secrets where name = $1', [NAME])
  await sql.query(
    `insert into setting_secrets (name, key_id, nonce, ciphertext, sealed) values ($1, '', '', '', $2)`,
    [NAME, sealed],
  )
}

/**
 * Keeps the secret when an admin changes the webhook's address: unlike a tool's secrets it is never sent to the
 * address, it only signs. Throws VALIDATION_ERROR if it cannot be opened.
 */
export async function moveWebhookSecret(
  sql: Sql,
  from: string | null,
  to: string | null,
  secret: string,
): Promise<void> {
  const known = await readSealed(sql)
  if (!known || originOf(from) === originOf(to)) return
  await storeWebhookSecret(sql, open(known, from, secret), to, secret)

  function open(sealed: SealedSecret, url: string | null, hubSecret: string): string {
    try {
      return decryptSecret(SCOPE, sealed, hubSecret, originOf(url))
    } catch {
      throw invalidField('webhookSecret', 'The stored secret cannot be decrypted: set it again')
    }
  }
}

/** The bytes that sign calls to this address, only for the sender; null if none is set. Throws `SecretUnreadable`. */
export async function openWebhookSecret(sql: Sql, url: string, secret: string): Promise<Buffer | null> {
  const sealed = await readSealed(sql)
  return sealed ? readWebhookSecret(decryptSecret(SCOPE, sealed, secret, originOf(url))) : null
}

async function readSealed(sql: Sql): Promise<SealedSecret | undefined> {
  const found = await sql.query<SealedSecret>('select name, sealed from setting_secrets where name = $1', [
    NAME,
  ])
  return found.rows[0]
}

type Stored = FormerSecret & { sealed: string | null; url: string | null }

/** Seals a secret again if an earlier version sealed it; returns why a secret cannot be opened. */
export async function sealWebhookSecret(
  sql: Sql,
  secret: string,
): Promise<{ secret: string; reason: string }[]> {
  const { rows } = await sql.query<Stored>(
    `select s.name, s.key_id as "keyId", s.nonce, s.ciphertext, s.sealed, nullif(t.webhook_url, '') as url
     from setting_secrets s left join settings t on true where s.name = $1`,
    [NAME],
  )
  const [stored] = rows
  if (!stored) return []
  try {
    if (stored.sealed !== null) decryptSecret(SCOPE, stored, secret, originOf(stored.url))
    else {
      const text = openFormer(SCOPE, stored, secret)
      const { sealed } = encryptSecret(SCOPE, NAME, text, secret, originOf(stored.url))
      await sql.query('update setting_secrets set sealed = $2 where name = $1', [NAME, sealed])
    }
    return []
  } catch (error) {
    if (error instanceof SecretUnreadable) return [{ secret: NAME, reason: error.message }]
    throw error
  }
}

/** Whether a secret is set; nothing else about it is shown. */
export async function hasWebhookSecret(sql: Sql): Promise<boolean> {
  const found = await sql.query('select from setting_secrets where name = $1', [NAME])
  return found.rows.length > 0
}
