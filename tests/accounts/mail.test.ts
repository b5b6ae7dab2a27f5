import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'
import { inTransaction } from '../../src/platform/database/sql'
import { deleteOldMail } from '../../src/platform/mail/cleanup'
import { queueMail } from '../../src/platform/mail/outbox'
import { sendDueMail, startMailSender } from '../../src/platform/mail/sender'
import { escapeHtml, resetMail } from '../../src/platform/mail/templates'
import { mailTransport, type Transport } from '../../src/platform/mail/transport'
import { type Accounts, accountsDatabase, later, someEmail } from './fixture'
import { smtpServer } from './smtp-server'

let accounts: Accounts
let directory: string

beforeAll(async () => {
  accounts = await accountsDatabase()
  directory = await mkdtemp(join(tmpdir(), 'hub-mail-'))
})
afterAll(async () => {
  await accounts.drop()
  await rm(directory, { recursive: true, force: true })
})

const START = new Date('2026-01-31T12:00:00Z')
const lines: unknown[] = []
const log = { info: (...line: unknown[]) => lines.push(line), warn: (...line: unknown[]) => lines.push(line) }
const SENDER = { name: 'A <b>hub</b>', logoUrl: 'http://localhost/logo.webp' }
const mail = (recipient = someEmail()) =>
  resetMail(recipient, 'http://localhost/#token=secret-token', 24, SENDER)
const queue = async (recipient?: string) => {
  await accounts.pool.query('delete from mail_outbox')
  await queueMail(accounts.pool, mail(recipient), START)
}
const row = async () => (await accounts.pool.query('select * from mail_outbox')).rows[0]

/** A transport that remembers what it was given, and fails as long as it is told to. */
function fakeTransport(failing = false): Transport & { sent: string[]; failing: boolean } {
  const transport = {
    sent: [] as string[],
    failing,
    deliver: async (id: string) => {
      if (transport.failing) throw new Error('mailbox full')
      await new Promise((resolve) => setTimeout(resolve, 10))
      transport.sent.push(id)
      return 'fake'
    },
    close: () => undefined,
  }
  return transport
}

describe('the outbox', () => {
  it('has a mail only if the transaction that queued it commits', async () => {
    await accounts.pool.query('delete from mail_outbox')
    const failing = inTransaction(accounts.pool, async (sql) => {
      await queueMail(sql, mail())
      throw new Error('undone')
    })
    await expect(failing).rejects.toThrow('undone')
    expect(await row()).toBeUndefined()
  })

  it('is sent once by many senders at once, and emptied of its links', async () => {
    await accounts.pool.query('delete from mail_outbox')
    for (let count = 0; count < 30; count += 1) await queueMail(accounts.pool, mail(), START)
    const transport = fakeTransport()
    for (let round = 0; round < 4; round += 1) {
      await Promise.all(Array.from({ length: 4 }, () => sendDueMail(accounts.pool, transport, log, START)))
    }
    expect(transport.sent).toHaveLength(30)
    expect(new Set(transport.sent).size).toBe(30)
    const left = await accounts.pool.query(
      `select from mail_outbox where sealed is not null or body_text <> '' or body_html is not null`,
    )
    expect(left.rows).toHaveLength(0)
  })

  it('is tried again after longer and longer, until its link is dead', async () => {
    await queue()
    const transport = fakeTransport(true)
    const send = (seconds: number) => sendDueMail(accounts.pool, transport, log, later(START, seconds))
    expect(await send(0)).toBe(0)
    expect(await row()).toMatchObject({
      attempts: 1,
      last_error: 'mailbox full',
      due_at: later(START, 30),
    })
    expect([await send(29), await send(30)]).toEqual([0, 0])
    expect(await row()).toMatchObject({ attempts: 2, due_at: later(START, 90) })
    transport.failing = false
    expect(await send(90)).toBe(1)
    expect(await row()).toMatchObject({
      attempts: 3,
      last_error: null,
      sent_at: later(START, 90),
      body_text: '',
      sealed: null,
    })
    await queue()
    expect(await send(86_400)).toBe(0)
    await deleteOldMail(accounts.pool, later(START, 86_401))
    expect(await row()).toBeUndefined()
  })

  // A crash between taking and sending is an attempt that is repeated, not a mail that is lost.
  it('is sent by another when the one who took it died', async () => {
    await queue()
    const dying = { ...fakeTransport(), deliver: () => new Promise<string>(() => undefined) }
    void sendDueMail(accounts.pool, dying, log, START)
    while ((await row()).attempts === 0) await new Promise((resolve) => setTimeout(resolve, 5))
    expect(await sendDueMail(accounts.pool, fakeTransport(), log, later(START, 30))).toBe(1)
  })
})

describe('mail in development', () => {
  it('becomes a file, within seconds of its commit; the log has no address and no link', async () => {
    lines.length = 0
    const config = { production: false, smtp: null, mailFrom: 'Hub <hub@localhost>', dataDir: directory }
    const stop = startMailSender(accounts.pool, config, log)
    const recipient = someEmail()
    await queueMail(accounts.pool, mail(recipient))
    while (lines.length === 0) await new Promise((resolve) => setTimeout(resolve, 50))
    await stop()
    const [file] = await readdir(join(directory, 'mail'))
    const text = await readFile(join(directory, 'mail', file ?? ''), 'utf8')
    expect(text).toContain(`To: ${recipient}\n`)
    expect(text).toContain('http://localhost/#token=secret-token\n')
    expect(JSON.stringify(lines)).not.toMatch(/secret-token|@example/)
  })
})

describe('mail in production', () => {
  it('is never a file', () => {
    expect(
      mailTransport({ production: true, smtp: null, mailFrom: 'hub@localhost', dataDir: directory }),
    ).toBeNull()
  })

  it('goes out by SMTP, to the one recipient', async () => {
    const server = await smtpServer()
    const smtp = { host: '127.0.0.1', port: server.port, user: undefined, password: undefined, secure: false }
    const transport = mailTransport({
      production: true,
      smtp,
      mailFrom: 'Hub <hub@example.com>',
      dataDir: directory,
    })
    await transport?.deliver('0198c5a2', mail('ada@example.com'))
    transport?.close()
    server.close()
    expect(server.received()).toMatch(/^MAIL FROM:<hub@example.com>/m)
    expect(server.received()).toMatch(/^RCPT TO:<ada@example.com>/m)
    expect(server.received()).toMatch(/^Message-ID: <0198c5a2@example.com>/m)
    expect(server.received()).toMatch(/^Subject: Choose a new password/m)
  })
})

describe('templates', () => {
  it('escape what goes into HTML', () => {
    expect(escapeHtml(`<a href="x">&'`)).toBe('&lt;a href=&quot;x&quot;&gt;&amp;&#39;')
    expect(resetMail('a@b.c', 'http://x/"><script>', 24, SENDER).html).not.toContain('<script>')
  })
})
