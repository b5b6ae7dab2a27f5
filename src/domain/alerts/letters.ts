import type { Mail } from '../../platform/mail/outbox'
import { letter } from '../../platform/mail/templates'
import type { Audience, NewAlert } from './alert'

/** The mail to the user whom an alert is about. */
export function userLetter({ kind, data }: NewAlert, recipient: string, { brand, hubUrl }: Audience): Mail {
  const { used, limit, periodEnd } = data
  const isSpent = kind === 'usage-100'
  const subject = isSpent
    ? `Your tokens at ${brand.name} are used up`
    : `You have used 80 % of your tokens at ${brand.name}`
  const until = `until ${String(periodEnd).slice(0, 10)}`
  return letter(recipient, brand, subject, [
    'Hello,',
    `of the ${whole(limit)} tokens of this period you have used ${whole(used)}. They are what there is ${until}.`,
    isSpent
      ? 'Calls of tools are refused from now on. Wait for the next period, or choose a higher plan.'
      : 'When they are used up, calls of tools are refused until the next period, or until you choose a higher plan.',
    { label: `Open ${brand.name}`, url: hubUrl },
  ])
}

/** The mail to those who run the hub. */
export function adminLetter(
  { title, data }: NewAlert,
  id: string,
  recipient: string,
  { brand, hubUrl }: Audience,
): Mail {
  const figures = Object.entries(data).map(
    ([name, value]) => `${name}: ${typeof value === 'number' ? whole(value) : value}`,
  )
  return letter(recipient, brand, `${brand.name}: ${title}`, [
    'Hello,',
    `${title}.`,
    figures.join('; '),
    { label: 'Open this alert in the panel', url: `${hubUrl}/admin/collections/alerts/${id}` },
  ])
}

const number = new Intl.NumberFormat('en')
const whole = (value: unknown) => number.format(Number(value))
