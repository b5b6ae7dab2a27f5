import type { Mail } from './outbox'

/** The hub's name and logo, which its admins set. */
export type Sender = { name: string; logoUrl: string | null }

/** The mail after a registration that needs no confirmation. */
export function welcomeMail(recipient: string, hubUrl: string, sender: Sender): Mail {
  return letter(recipient, sender, `Welcome to ${sender.name}`, [
    'Hello,',
    `your account at ${sender.name} is ready. You can sign in with this email address.`,
    { label: `Open ${sender.name}`, url: hubUrl },
  ])
}

/** The mail after a registration, if the address must be confirmed before the first sign-in. */
export function confirmMail(recipient: string, link: string, validHours: number, sender: Sender): Mail {
  return letter(recipient, sender, `Welcome to ${sender.name}: confirm your email address`, [
    'Hello,',
    `an account at ${sender.name} was created with this email address. Confirm it to sign in.`,
    { label: 'Confirm this address', url: link },
    `The link works once, for ${validHours} hours. If this was not you, ignore this mail: nobody can sign in.`,
  ])
}

/** The mail with a link to choose a new password. */
export function resetMail(recipient: string, link: string, validHours: number, sender: Sender): Mail {
  return letter(recipient, sender, `Choose a new password for ${sender.name}`, [
    'Hello,',
    `we received a request for a new password for your account at ${sender.name}.`,
    { label: 'Choose a new password', url: link },
    `The link works once, for ${validHours} hours. If this was not you, ignore this mail: nothing has changed.`,
  ])
}

/** The mail to somebody whose password an admin changed. */
export function passwordChangedMail(recipient: string, hubUrl: string, sender: Sender): Mail {
  return letter(recipient, sender, `Your password for ${sender.name} was changed`, [
    'Hello,',
    `an admin of ${sender.name} set a new password for your account. You are signed out everywhere.`,
    'If you did not ask for this, contact the admins. On the sign-in page you can request a link to choose your own password.',
    { label: `Open ${sender.name}`, url: hubUrl },
  ])
}

/** The mails to the old and the new address after an admin changed it. Neither contains the other address. */
export function emailChangedMail(recipient: string, address: 'old' | 'new', sender: Sender): Mail {
  const change =
    address === 'old'
      ? 'It no longer belongs to this address: from now on, sign in with another one.'
      : 'It belongs to this address now: from now on, sign in with this address.'
  return letter(recipient, sender, `The email address of your account at ${sender.name} was changed`, [
    'Hello,',
    `an admin of ${sender.name} changed the email address of your account. ${change}`,
    'If you did not ask for this, contact the admins.',
  ])
}

/** One paragraph of a mail: text, or a link with its label. */
export type Paragraph = string | { label: string; url: string }

/**
 * A mail as plain text and as HTML. It contains no user's name: otherwise somebody who registers another person's address
 * could send them their own text in the hub's name.
 */
export function letter(recipient: string, sender: Sender, subject: string, paragraphs: Paragraph[]): Mail {
  const text = paragraphs.map((part) => (typeof part === 'string' ? part : `${part.label}:\n${part.url}`))
  const html = paragraphs.map((part) =>
    typeof part === 'string'
      ? `<p>${escapeHtml(part)}</p>`
      : `<p><a href="${escapeHtml(part.url)}">${escapeHtml(part.label)}</a></p>`,
  )
  const parts = sender.logoUrl ? [logo(sender.logoUrl, sender.name), ...html] : html
  return { recipient, subject, text: `${text.join('\n\n')}\n`, html: parts.join('\n') }
}

const logo = (url: string, name: string) =>
  `<p><img src="${escapeHtml(url)}" alt="${escapeHtml(name)}" height="48"></p>`

const ENTITIES: Record<string, string> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
}

/** Escapes text for HTML, also inside quotes. */
export function escapeHtml(text: string): string {
  return text.replace(/[&<>"']/g, (character) => ENTITIES[character] ?? character)
}
