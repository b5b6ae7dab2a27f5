import type { Mail } from './outbox'

const HUB = 'Joyfull UI Hub'

/** The mail after a registration that needs no confirmation. */
export function welcomeMail(recipient: string, hubUrl: string): Mail {
  return letter(recipient, `Welcome to ${HUB}`, [
    'Hello,',
    `your account at ${HUB} is ready. You can sign in with this email address.`,
    { label: `Open ${HUB}`, url: hubUrl },
  ])
}

/** The mail after a registration whose address has to be confirmed before the first sign-in. */
export function confirmMail(recipient: string, link: string, validHours: number): Mail {
  return letter(recipient, `Welcome to ${HUB}: confirm your email address`, [
    'Hello,',
    `an account at ${HUB} was made with this email address. Confirm it to sign in.`,
    { label: 'Confirm this address', url: link },
    `The link works once, for ${validHours} hours. If this was not you, ignore this mail: nobody can sign in.`,
  ])
}

/** The mail that was asked for to choose a new password. */
export function resetMail(recipient: string, link: string, validHours: number): Mail {
  return letter(recipient, `Choose a new password for ${HUB}`, [
    'Hello,',
    `somebody, you we hope, asked for a new password for your account at ${HUB}.`,
    { label: 'Choose a new password', url: link },
    `The link works once, for ${validHours} hours. If this was not you, ignore this mail: nothing has changed.`,
  ])
}

type Paragraph = string | { label: string; url: string }

/**
 * The same letter as plain text and as HTML. No name stands in it: whoever registers somebody else's address
 * could otherwise send them words of their own under the hub's name.
 */
function letter(recipient: string, subject: string, paragraphs: Paragraph[]): Mail {
  const text = paragraphs.map((part) => (typeof part === 'string' ? part : `${part.label}:\n${part.url}`))
  const html = paragraphs.map((part) =>
    typeof part === 'string'
      ? `<p>${escapeHtml(part)}</p>`
      : `<p><a href="${escapeHtml(part.url)}">${escapeHtml(part.label)}</a></p>`,
  )
  return { recipient, subject, text: `${text.join('\n\n')}\n`, html: html.join('\n') }
}

const ENTITIES: Record<string, string> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
}

/** Text as it may stand in HTML, also inside quotes. */
export function escapeHtml(text: string): string {
  return text.replace(/[&<>"']/g, (character) => ENTITIES[character] ?? character)
}
