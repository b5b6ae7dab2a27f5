import { createDecipheriv, createHash, hkdfSync } from 'node:crypto'
import { SecretUnreadable } from './seal'

/** A secret as versions before 2026-12 sealed it: bound to its tool and name, to no destination. */
export type FormerSecret = { name: string; keyId: string; nonce: Buffer; ciphertext: Buffer }

const TAG_BYTES = 16

/**
 * Opens a secret of the former kind, for the step that seals it again and for nothing else. Throws `SecretUnreadable`.
 */
export function openFormer(scope: string, former: FormerSecret, secret: string): string {
  const key = Buffer.from(hkdfSync('sha256', secret, '', 'hub tool secrets v1', 32))
  const keyId = createHash('sha256').update(key).digest('hex').slice(0, 16)
  if (former.keyId !== keyId)
    throw new SecretUnreadable(
      `header ${former.name} was stored under another PAYLOAD_SECRET: enter it again`,
    )
  try {
    const decipher = createDecipheriv('aes-256-gcm', key, former.nonce, { authTagLength: TAG_BYTES })
      .setAAD(Buffer.from(`${scope}\n${former.name.toLowerCase()}`, 'utf8'))
      .setAuthTag(former.ciphertext.subarray(-TAG_BYTES))
    return Buffer.concat([
      decipher.update(former.ciphertext.subarray(0, -TAG_BYTES)),
      decipher.final(),
    ]).toString('utf8')
  } catch {
    throw new SecretUnreadable(`header ${former.name} was changed in the database: enter it again`)
  }
}
