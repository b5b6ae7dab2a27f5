import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { createTransport } from 'nodemailer'
import type { Config } from '../config/environment'
import { canSendMail, type Mail } from './outbox'

export type MailConfig = Pick<Config, 'production' | 'smtp' | 'mailFrom' | 'dataDir'>

/** Takes one mail away; rejects when it could not. `describe` says, for the log, where the mail went. */
export type Transport = { deliver: (id: string, mail: Mail) => Promise<string>; close: () => void }

/**
 * How mail leaves: by SMTP where that is configured; in development as a file under `<dataDir>/mail`; null in
 * production without SMTP, where a file with a link in it would be a secret on disk.
 */
export function mailTransport(config: MailConfig): Transport | null {
  if (!canSendMail(config)) return null
  if (config.smtp) return smtpTransport(config.smtp, config.mailFrom)
  return fileTransport(join(config.dataDir, 'mail'), config.mailFrom)
}

function smtpTransport(smtp: NonNullable<Config['smtp']>, from: string): Transport {
  const { host, port, secure, user, password } = smtp
  const transporter = createTransport({
    host,
    port,
    secure,
    ...(user === undefined ? {} : { auth: { user, pass: password ?? '' } }),
    connectionTimeout: 10_000,
    greetingTimeout: 10_000,
    socketTimeout: 30_000,
  })
  return {
    deliver: async (id, { recipient, subject, text, html }) => {
      const messageId = `<${id}@${hostOf(from)}>`
      const to = { name: '', address: recipient }
      await transporter.sendMail({ from, to, subject, text, html, messageId })
      return host
    },
    close: () => transporter.close(),
  }
}

function fileTransport(directory: string, from: string): Transport {
  return {
    deliver: async (id, { recipient, subject, text }) => {
      const file = join(directory, `${id}.txt`)
      await mkdir(directory, { recursive: true, mode: 0o700 })
      await writeFile(file, `From: ${from}\nTo: ${recipient}\nSubject: ${subject}\n\n${text}`, {
        mode: 0o600,
      })
      return file
    },
    close: () => undefined,
  }
}

function hostOf(from: string): string {
  return /@([A-Za-z0-9.-]+)/.exec(from)?.[1] ?? 'localhost'
}
