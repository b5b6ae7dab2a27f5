import { Webhook } from 'standardwebhooks'

/** The event that is sent to the webhook: what happened, and when. */
export type WebhookEvent = { id: string; type: string; timestamp: string; data: Record<string, unknown> }

/**
 * The body and headers of one call, signed according to Standard Webhooks over the id, the time of sending and the body. The id is the alert's, so that a receiver can recognise a second copy; the time is that of this
 * attempt, so that nobody else can send an old call again.
 */
export function signedCall(
  { id, type, timestamp, data }: WebhookEvent,
  secret: Buffer,
  sentAt: Date,
): { body: string; headers: Record<string, string> } {
  const body = JSON.stringify({ type, timestamp, data })
  return {
    body,
    headers: {
      'content-type': 'application/json',
      'user-agent': 'joyfull-ui-hub',
      'webhook-id': id,
      'webhook-timestamp': String(Math.floor(sentAt.getTime() / 1_000)),
      'webhook-signature': new Webhook(secret, { format: 'raw' }).sign(id, sentAt, body),
    },
  }
}
