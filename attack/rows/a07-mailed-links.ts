import type { OwnHub } from '../../tests/support/own-hub'
import { until } from '../../tests/support/until'
import { type Finding, Probes, type Row } from '../row'
import { newAccount, newPassword, register } from '../stage/people'
import type { Stage } from '../stage/stage'

/** Whoever can read the whole database finds no link in it that opens an account. */
export const mailedLinks: Row = {
  number: 'A7',
  title: 'Read access to the database takes over accounts',
  tried: 'reading every text of the database, and trying each that looks like a token',
  run: async (stage) => {
    const probes = new Probes()
    const silent = await stage.hub('production')
    await probes.play('a reset where no mail can be sent', () => takeOver(silent, () => Promise.resolve()))
    await probes.play('nothing is queued where no mail can be sent', async () => {
      await askForReset(silent)
      const { rows } = await silent.database.pool.query('select from mail_outbox')
      return { held: rows.length === 0, seen: `${rows.length} mails in the outbox` }
    })
    const own = await stage.hub('https')
    await probes.play('a reset while the mail server is away', () =>
      whileAway(stage, () => takeOver(own, queued(own))),
    )
    await probes.play('a confirmation while the mail server is away', () =>
      whileAway(stage, () => confirm(own)),
    )
    await probes.play('the mail arrives once its server is back, with a link that works', () =>
      arrives(stage, own),
    )
    return probes.list
  },
}

async function askForReset(own: OwnHub): Promise<{ email: string; password: string }> {
  const account = await register(own)
  await own.ask('POST', '/api/v1/auth/password-reset', { body: { email: account.email } })
  return account
}

async function whileAway({ mail }: Stage, look: () => Promise<Finding>): Promise<Finding> {
  mail.accept(false)
  try {
    return await look()
  } finally {
    mail.accept(true)
  }
}

/** Waits until there is a mail to this address in the outbox, however it is kept. */
const queued = (own: OwnHub) => async () => {
  const count = () => own.database.pool.query('select from mail_outbox').then(({ rows }) => rows.length > 0)
  await until('a mail in the outbox', count, 10_000)
}

async function takeOver(own: OwnHub, ready: () => Promise<unknown>): Promise<Finding> {
  const { email } = await askForReset(own)
  await ready()
  const found = await tokensIn(own)
  for (const token of found) {
    const status = await setPassword(own, token)
    if (status < 300) return { held: false, seen: `a token in the database sets a new password for ${email}` }
  }
  return { held: true, seen: `none of ${found.length} texts that look like a token opens the account` }
}

async function confirm(own: OwnHub): Promise<Finding> {
  const account = await newAccount(own)
  await own.database.pool.query('update users set email_confirmed_at = null where id = $1', [account.id])
  await queued(own)()
  const found = await tokensIn(own)
  for (const token of found) {
    const { status } = await own.ask('POST', `/api/v1/auth/confirm-email/${token}`)
    if (status < 300) return { held: false, seen: 'a token in the database confirms an address' }
  }
  return { held: true, seen: `none of ${found.length} texts that look like a token confirms an address` }
}

async function arrives({ mail }: Stage, own: OwnHub): Promise<Finding> {
  const { email } = await askForReset(own)
  const linkTo = () =>
    mail
      .mails()
      .filter(({ to }) => to === email)
      .map(({ text }) => /reset-password#token=([\w-]{43})/.exec(text)?.[1])
      .find(Boolean)
  const token = await until('the mail', linkTo)
  const status = await setPassword(own, token as string)
  return { held: status < 300, seen: `the mailed link got ${status}` }
}

const setPassword = async (own: OwnHub, token: string): Promise<number> =>
  (await own.ask('POST', `/api/v1/auth/password-reset/${token}`, { body: { new_password: newPassword() } }))
    .status

/** Everything of the length of a token, in every column of every table, also within longer texts and JSON. */
async function tokensIn(own: OwnHub): Promise<string[]> {
  const sql = own.database.pool
  const tables = await sql.query<{ name: string }>(
    `select format('%I', tablename) as name from pg_tables where schemaname = 'public'`,
  )
  const found = new Set<string>()
  for (const { name } of tables.rows) {
    const { rows } = await sql.query<{ text: string }>(
      `select row_to_json(t)::text as text from ${name} t limit 2000`,
    )
    for (const { text } of rows)
      for (const [token] of text.matchAll(/(?<![\w-])[\w-]{43}(?![\w-])/g)) found.add(token)
  }
  return [...found]
}
