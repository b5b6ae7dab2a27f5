import { createCipheriv, createDecipheriv, createHash, hkdfSync, randomBytes } from 'node:crypto'
import { perProcess } from '../process'

/** A secret as it is stored: AES-256-GCM, the tag at the end of the ciphertext. */
export type SealedSecret = { name: string; keyId: string; nonce: Buffer; ciphertext: Buffer }

const TAG_BYTES = 16
const NONCE_BYTES = 12

/** A secret that cannot be read: changed in the database, or sealed under another PAYLOAD_SECRET. */
export class SecretUnreadable extends Error {
  override name = 'SecretUnreadable'
}

/**
 * Seals a header's value for one tool and one header name: a row copied to another tool or name does not
 * open. The key is derived from the hub's secret for this purpose alone.
 */
export function encryptSecret(toolId: string, name: string, value: string, secret: string): SealedSecret {
  const { key, keyId } = derivedKey(secret)
  const nonce = randomBytes(NONCE_BYTES)
  const cipher = createCipheriv('aes-256-gcm', key, nonce).setAAD(boundTo(toolId, name))
  const ciphertext = Buffer.concat([cipher.update(value, 'utf8'), cipher.final(), cipher.getAuthTag()])
  return { name, keyId, nonce, ciphertext }
}

/** Opens a sealed value. Throws `SecretUnreadable`, whose message names the header and never its value. */
export function decryptSecret(toolId: string, sealed: SealedSecret, secret: string): string {
  const { key, keyId } = derivedKey(secret)
  if (sealed.keyId !== keyId) {
    throw new SecretUnreadable(
      `header ${sealed.name} was stored under another PAYLOAD_SECRET: enter it again`,
    )
  }
  try {
    const body = sealed.ciphertext.subarray(0, -TAG_BYTES)
    const decipher = createDecipheriv('aes-256-gcm', key, sealed.nonce, { authTagLength: TAG_BYTES })
      .setAAD(boundTo(toolId, sealed.name))
      .setAuthTag(sealed.ciphertext.subarray(-TAG_BYTES))
    return Buffer.concat([decipher.update(body), decipher.final()]).toString('utf8')
  } catch {
    throw new SecretUnreadable(`header ${sealed.name} was changed in the database: enter it again`)
  }
}

function boundTo(toolId: string, name: string): Buffer {
  return Buffer.from(`${toolId}\n${name.toLowerCase()}`, 'utf8')
}

type DerivedKey = { key: Buffer; keyId: string }

function derivedKey(secret: string): DerivedKey {
  const known = perProcess('tools.secret-key', () => new Map<string, DerivedKey>())
  const found = known.get(secret)
  if (found) return found
  const key = Buffer.from(hkdfSync('sha256', secret, '', 'hub tool secrets v1', 32))
  const made = { key, keyId: createHash('sha256').update(key).digest('hex').slice(0, 16) }
  known.clear()
  known.set(secret, made)
  return made
}
