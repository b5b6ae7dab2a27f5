import { createHmac } from 'node:crypto'

/** What the webhook is sent: what happened, and when. */
export type WebhookEvent = { id: string; type: string; timestamp: string; data: Record<string, unknown> }

/**
 * The body and headers of one call, signed as Standard Webhooks says: HMAC-SHA256 over the id, the time of sending and
 * the body. The id is the alert's, so that who gets it twice can tell; the time is of this attempt, so that an old call
 * cannot be sent again by somebody else.
 */
export function signedCall(
  { id, type, timestamp, data }: WebhookEvent,
  secret: Buffer,
  sentAt: Date,
): { body: string; headers: Record<string, string> } {
  const body = JSON.stringify({ type, timestamp, data })
  const seconds = String(Math.floor(sentAt.getTime() / 1_000))
  const signature = createHmac('sha256', secret).update(`${id}.${seconds}.${body}`).digest('base64')
  return {
    body,
    headers: {
      'content-type': 'application/json',
      'user-agent': 'joyfull-ui-hub',
      'webhook-id': id,
      'webhook-timestamp': seconds,
      'webhook-signature': `v1,${signature}`,
    },
  }
}
