// Guards against read access to the database that takes over accounts: no link of a mail, no token, lies there in
// plain text, and a row that was moved to another recipient does not open.
import { afterAll, beforeAll, expect, it } from '@jest/globals'
import { requestPasswordReset } from '../../src/domain/accounts/reset-password'
import { setPerProcess } from '../../src/platform/kernel/process'
import { queueMail } from '../../src/platform/mail/outbox'
import { sendDueMail, startMailSender } from '../../src/platform/mail/sender'
import { resetMail } from '../../src/platform/mail/templates'
import type { Transport } from '../../src/platform/mail/transport'
import { runtime } from '../../src/platform/runtime/runtime'
import { queuedMails } from '../support/outbox'
import { until } from '../support/until'
import {
  type Accounts,
  accountsDatabase,
  later,
  mailedToken,
  someEmail,
  someUser,
  somewhere,
} from './fixture'

let accounts: Accounts

beforeAll(async () => {
  accounts = await accountsDatabase({ requireEmailConfirmation: true })
})
afterAll(async () => {
  setPerProcess('runtime', undefined)
  await accounts.drop()
})

const START = new Date('2026-01-31T12:00:00Z')
const LINK = 'http://localhost/account/reset-password#token=secret-token'
const SENDER = { name: 'A hub', logoUrl: null }
const log = { info: () => undefined, warn: () => undefined }
const all = async () => (await accounts.pool.query('select * from mail_outbox order by id')).rows
const clear = () => accounts.pool.query('delete from mail_outbox')

/** Remembers what left; fails where it is told to. */
function transportOf(fails = false): Transport & { texts: string[] } {
  const texts: string[] = []
  const deliver = async (_id: string, { text }: { text: string }) => {
    if (fails) throw new Error('mailbox full')
    texts.push(text)
    return 'fake'
  }
  return { texts, deliver, close: () => undefined }
}

/** As an instance of before puts a mail there. */
const queuePlain = (recipient: string) =>
  accounts.pool.query(
    `insert into mail_outbox (id, recipient, subject, body_text, body_html, created_at, next_attempt_at)
     values (gen_random_uuid(), $1, 'Choose a new password', $2, '<a>', $3, $3)`,
    [recipient, `Follow ${LINK}`, START],
  )

it('no table holds the token of a link, also not while its mail waits', async () => {
  await clear()
  const { email } = await someUser(accounts.deps)
  const confirm = await mailedToken(accounts.pool, email)
  await requestPasswordReset(accounts.deps, { email }, somewhere())
  const tokens = [confirm, await mailedToken(accounts.pool, email)]
  const tables = await accounts.pool.query<{ name: string }>(
    `select table_name as name from information_schema.tables where table_schema = 'public'`,
  )
  for (const { name } of tables.rows) {
    const { rows } = await accounts.pool.query<{ row: string }>(`select t::text as row from "${name}" t`)
    for (const { row } of rows)
      for (const token of tokens) expect([name, row.includes(token)]).toEqual([name, false])
  }
})

it('a mail leaves as it was written, and does not open for another recipient or row', async () => {
  await clear()
  await queueMail(accounts.pool, resetMail('ada@example.com', LINK, 24, SENDER), START)
  await queueMail(accounts.pool, resetMail('eve@example.com', 'http://localhost/none', 24, SENDER), START)
  const moved = `update mail_outbox set sealed = (select sealed from mail_outbox where recipient = 'ada@example.com')
    where recipient = 'eve@example.com'`
  await accounts.pool.query(moved)
  const transport = transportOf()
  expect(await sendDueMail(accounts.pool, transport, log, START)).toBe(1)
  expect(transport.texts).toEqual([expect.stringContaining(LINK)])
  expect((await all()).map(({ recipient, last_error }) => [recipient, last_error])).toEqual([
    ['ada@example.com', null],
    ['eve@example.com', expect.stringMatching(/sealed under another PAYLOAD_SECRET/)],
  ])
})

it('an instance of before does not find a sealed mail, which it would send empty', async () => {
  await clear()
  await queueMail(accounts.pool, resetMail('ada@example.com', LINK, 24, SENDER), START)
  const found = await accounts.pool.query(
    `select from mail_outbox where sent_at is null and next_attempt_at <= $1 and created_at > $1::timestamptz - interval '24 hours'`,
    [later(START, 3_600)],
  )
  expect(found.rows).toEqual([])
})

it('a plain mail of before leaves, and is sealed where it cannot', async () => {
  await clear()
  await queuePlain('ada@example.com')
  expect(await sendDueMail(accounts.pool, transportOf(true), log, START)).toBe(0)
  expect(JSON.stringify(await all())).not.toContain('secret-token')
  const transport = transportOf()
  expect(await sendDueMail(accounts.pool, transport, log, later(START, 29))).toBe(0)
  expect(await sendDueMail(accounts.pool, transport, log, later(START, 30))).toBe(1)
  expect(transport.texts).toEqual([`Follow ${LINK}`])
  await queuePlain('eve@example.com')
  expect(await sendDueMail(accounts.pool, transport, log, START)).toBe(1)
})

it('in production without a mail server nothing is queued, and what waits is sealed at the start', async () => {
  await clear()
  await queuePlain('ada@example.com')
  const { config, ...rest } = runtime()
  const production = { ...config, production: true, smtp: null }
  setPerProcess('runtime', { ...rest, config: production })
  await queueMail(accounts.pool, resetMail(someEmail(), LINK, 24, SENDER))
  expect(await all()).toHaveLength(1)
  const stop = startMailSender(accounts.pool, production, log)
  await until(
    'the plain mail is sealed',
    async () => (await queuedMails(accounts.pool, 'ada@example.com'))[0],
  )
  expect(JSON.stringify(await all())).not.toContain('secret-token')
  await stop()
})
