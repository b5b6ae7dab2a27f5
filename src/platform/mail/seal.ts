import { createCipheriv, createDecipheriv, hkdfSync, randomBytes } from 'node:crypto'
import { perProcess } from '../kernel/process'

/** The body of a mail. Its links give access to accounts. */
export type MailBody = { text: string; html?: string | undefined }
/** The row that a body belongs to. */
type Envelope = { id: string; recipient: string }

const NONCE_BYTES = 12
const TAG_BYTES = 16

/** A body that cannot be decrypted: PAYLOAD_SECRET has changed, or the body was moved to another mail or recipient. */
export class MailUnreadable extends Error {
  override name = 'MailUnreadable'
}

/**
 * Encrypts a body with AES-256-GCM and a separate key, for this row and this recipient. In another row it cannot be
 * decrypted, so nobody with write access to the database can send themselves another user's link.
 */
export function sealBody(envelope: Envelope, { text, html }: MailBody, secret: string): Buffer {
  const nonce = randomBytes(NONCE_BYTES)
  const cipher = createCipheriv('aes-256-gcm', mailKey(secret), nonce).setAAD(boundTo(envelope))
  const body = cipher.update(JSON.stringify({ text, html }), 'utf8')
  return Buffer.concat([nonce, body, cipher.final(), cipher.getAuthTag()])
}

/** Decrypts a body. Throws `MailUnreadable`, whose message shows nothing of it. */
export function openBody(envelope: Envelope, sealed: Buffer, secret: string): MailBody {
  const nonce = sealed.subarray(0, NONCE_BYTES)
  try {
    const decipher = createDecipheriv('aes-256-gcm', mailKey(secret), nonce, { authTagLength: TAG_BYTES })
      .setAAD(boundTo(envelope))
      .setAuthTag(sealed.subarray(-TAG_BYTES))
    const body = Buffer.concat([decipher.update(sealed.subarray(NONCE_BYTES, -TAG_BYTES)), decipher.final()])
    return JSON.parse(body.toString('utf8')) as MailBody
  } catch {
    throw new MailUnreadable('it was sealed under another PAYLOAD_SECRET, or changed in the database')
  }
}

const boundTo = ({ id, recipient }: Envelope) => Buffer.from(`${id}\n${recipient}`, 'utf8')

function mailKey(secret: string): Buffer {
  const keys = perProcess('mail.keys', () => new Map<string, Buffer>())
  const known = keys.get(secret)
  if (known) return known
  const key = Buffer.from(hkdfSync('sha256', secret, '', 'hub mails v1', 32))
  keys.set(secret, key)
  return key
}
