import { createCipheriv, createDecipheriv, createHash, hkdfSync, randomBytes } from 'node:crypto'
import { perProcess } from '../kernel/process'

/** A secret as it is stored. `sealed` is null if only an earlier version of the hub has encrypted it. */
export type SealedSecret = { name: string; sealed: string | null }

const FORMAT = 'v2'
const TAG_BYTES = 16
const NONCE_BYTES = 12

/** A secret that cannot be decrypted: it was changed or moved in the database, or PAYLOAD_SECRET has changed. */
export class SecretUnreadable extends Error {
  override name = 'SecretUnreadable'
}

/**
 * Encrypts a value for one tool, one name and one destination. A row that was copied to another tool or name cannot be
 * decrypted, nor one whose tool now calls another origin. AES-256-GCM; the key is derived from the hub's secret only for
 * this purpose.
 */
export function encryptSecret(
  scope: string,
  name: string,
  value: string,
  secret: string,
  destination: string | null,
): SealedSecret {
  const { key, keyId } = derivedKey(secret)
  const nonce = randomBytes(NONCE_BYTES)
  const cipher = createCipheriv('aes-256-gcm', key, nonce).setAAD(boundTo(scope, name, destination))
  const body = Buffer.concat([cipher.update(value, 'utf8'), cipher.final(), cipher.getAuthTag()])
  return { name, sealed: [FORMAT, keyId, nonce.toString('base64'), body.toString('base64')].join('.') }
}

/** Decrypts a value. Throws `SecretUnreadable`, whose message names the header and never its value. */
export function decryptSecret(
  scope: string,
  { name, sealed }: SealedSecret,
  secret: string,
  destination: string | null,
): string {
  const unreadable = (why: string) => new SecretUnreadable(`header ${name} ${why}: enter it again`)
  if (sealed === null) throw unreadable('was stored by an earlier version of the hub')
  const [format, keyId, nonce = '', body = ''] = sealed.split('.')
  const derived = derivedKey(secret)
  if (format !== FORMAT) throw unreadable('was stored in a form that this version does not know')
  if (keyId !== derived.keyId) throw unreadable('was stored under another PAYLOAD_SECRET')
  try {
    const bytes = Buffer.from(body, 'base64')
    const decipher = createDecipheriv('aes-256-gcm', derived.key, Buffer.from(nonce, 'base64'), {
      authTagLength: TAG_BYTES,
    })
      .setAAD(boundTo(scope, name, destination))
      .setAuthTag(bytes.subarray(-TAG_BYTES))
    return Buffer.concat([decipher.update(bytes.subarray(0, -TAG_BYTES)), decipher.final()]).toString('utf8')
  } catch {
    throw unreadable('was stored for another address or changed in the database')
  }
}

/** Only the last part can contain a line break. */
function boundTo(scope: string, name: string, destination: string | null): Buffer {
  return Buffer.from(`${FORMAT}\n${scope}\n${name.toLowerCase()}\n${destination ?? ''}`, 'utf8')
}

type DerivedKey = { key: Buffer; keyId: string }

function derivedKey(secret: string): DerivedKey {
  const known = perProcess('tools.secret-key-v2', () => new Map<string, DerivedKey>())
  const found = known.get(secret)
  if (found) return found
  const key = Buffer.from(hkdfSync('sha256', secret, '', 'hub tool secrets v2', 32))
  const made = { key, keyId: createHash('sha256').update(key).digest('hex').slice(0, 16) }
  known.clear()
  known.set(secret, made)
  return made
}

/** The origin of a URL, to which a secret is bound; null for an invalid URL. */
export function originOf(address: unknown): string | null {
  return URL.canParse(String(address)) ? new URL(String(address)).origin : null
}
