import type { Sql } from '../database/sql'
import { invalidField } from '../problem'
import { decryptSecret, encryptSecret, type SealedSecret } from '../tools/seal'

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
  throw invalidField('webhookSecret', 'It is written whsec_ and 24 to 64 bytes in base64')
}

/** Seals and stores the secret, in place of the one before; null removes it. */
export async function storeWebhookSecret(sql: Sql, text: string | null, secret: string): Promise<void> {
  await sql.query('delete from setting_secrets where name = $1', [NAME])
  if (text === null) return
  readWebhookSecret(text)
  const { keyId, nonce, ciphertext } = encryptSecret(SCOPE, NAME, text, secret)
  await sql.query('insert into setting_secrets (name, key_id, nonce, ciphertext) values ($1, $2, $3, $4)', [
    NAME,
    keyId,
    nonce,
    ciphertext,
  ])
}

/** The bytes to sign with, for the sender alone; null where none is set. Throws `SecretUnreadable`. */
export async function openWebhookSecret(sql: Sql, secret: string): Promise<Buffer | null> {
  const found = await sql.query<SealedSecret>(
    'select name, key_id as "keyId", nonce, ciphertext from setting_secrets where name = $1',
    [NAME],
  )
  const sealed = found.rows[0]
  return sealed ? readWebhookSecret(decryptSecret(SCOPE, sealed, secret)) : null
}

/** Whether a secret is set: all that anybody is told of it. */
export async function hasWebhookSecret(sql: Sql): Promise<boolean> {
  const found = await sql.query('select from setting_secrets where name = $1', [NAME])
  return found.rows.length > 0
}
