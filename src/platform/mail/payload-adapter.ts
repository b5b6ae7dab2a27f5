import type { EmailAdapter } from 'payload'
import type { Config } from '../config/environment'
import { runtime } from '../runtime/runtime'
import { queueMail } from './outbox'

/** Payload's mails go through the hub's outbox too, so that nothing is ever sent inside a request. */
export function outboxEmail(config: Config): EmailAdapter<void> {
  const [, name, address] = /^(.*?)\s*<(.+)>$/.exec(config.mailFrom) ?? [null, 'Hub', config.mailFrom]
  return () => ({
    name: 'hub-outbox',
    defaultFromAddress: address ?? config.mailFrom,
    defaultFromName: name ?? 'Hub',
    sendEmail: async (message) => {
      const recipient = typeof message.to === 'string' ? message.to : ''
      await queueMail(runtime().pool, {
        recipient,
        subject: message.subject ?? '',
        text: String(message.text ?? ''),
        html: String(message.html ?? ''),
      })
    },
  })
}
