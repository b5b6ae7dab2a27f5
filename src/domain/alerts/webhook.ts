import { createHmac } from 'node:crypto'

/** The event that is sent to the webhook: what happened, and when. */
export type WebhookEvent = { id: string; type: string; timestamp: string; data: Record<string, unknown> }

/**
 * The body and headers of one call, signed according to Standard Webhooks: HMAC-SHA256 over the id, the time of sending
 * and the body. The id is the alert's, so that a receiver can recognise a second copy; the time is that of this
 * attempt, so that nobody else can send an old call again.
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
