import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { OwnHub, Reply } from '../../tests/support/own-hub'
import { until } from '../../tests/support/until'
import { type Finding, Probes, type Row } from '../row'
import { newAccount, newPassword, register, shown, unique } from '../stage/people'
import { HUB_ADDRESS, type Stage } from '../stage/stage'

/** Passwords that are guessed first, sessions without an end, changes that nobody hears of, cookies that others set. */
export const accounts: Row = {
  number: 'A17',
  title: 'Common passwords, endless sessions, silent changes, plain cookie names',
  tried: 'each, and the published hole of the mail catcher',
  run: async (stage) => {
    const own = await stage.hub('development')
    const secure = await stage.hub('https')
    const probes = new Probes()
    for (const password of common)
      await probes.play(`the password ${password}`, () => isRefused(own, password))
    await probes.play("a common password by a change of one's own", async () => {
      const { token, password } = await newAccount(own)
      const body = { current_password: password, new_password: 'Password1!' }
      return refusal(await own.ask('POST', '/api/v1/users/me/password', { token, body }))
    })
    await probes.play('a common password by an admin, for a new and for an old account', async () => {
      const { id } = await register(own)
      const body = { name: 'N', email: `${unique('n')}@example.org`, role: 'user', password: 'Password1!' }
      const made = await own.ask('POST', '/api/users', { token: own.admin, body })
      const set = await own.ask('PATCH', `/api/users/${id}`, {
        token: own.admin,
        body: { password: 'Password1!' },
      })
      return { held: made.status === 400 && set.status === 400, seen: `${made.status} and ${set.status}` }
    })
    await probes.play('a password that nobody guesses', async () => {
      await newAccount(own, newPassword())
      return { held: true, seen: 'is taken' }
    })
    await probes.play('a session that was opened 91 days ago and renewed since', () => endsAtLast(own))
    await probes.play('an admin changes a password', () =>
      ownerHears(stage, secure, () => ({ password: newPassword() })),
    )
    await probes.play('an admin changes an email address', () =>
      ownerHears(stage, secure, () => ({ email: `${unique('moved')}@example.org` })),
    )
    await probes.play('the names of cookies over https', () => cookieNames(secure))
    await probes.play('the mail catcher of docker-compose.yml', () => mailCatcher(stage.checkout))
    return probes.list
  },
}

const common = [
  'Password1!',
  'P@ssw0rd1',
  'Passw0rd!',
  'Qwerty123!',
  'Welcome1!',
  'Admin123!',
  'Letmein1!',
  'Iloveyou1!',
]

async function isRefused(own: OwnHub, password: string): Promise<Finding> {
  const body = { name: 'N', email: `${unique('n')}@example.org`, password }
  return refusal(await own.ask('POST', '/api/v1/auth/register', { body }))
}

const refusal = (answer: Reply): Finding => ({ held: answer.status === 400, seen: shown(answer) })

/** Neither the access token nor the refresh token goes on. */
async function endsAtLast(own: OwnHub): Promise<Finding> {
  const account = await register(own)
  const { email, password } = account
  const pair = await own.ask('POST', '/api/v1/auth/login', { body: { email, password } })
  const { access_token: token, refresh_token } = pair.body.data as {
    access_token: string
    refresh_token: string
  }
  await own.database.pool.query(
    `update sessions set created_at = now() - interval '91 days' where user_id = $1`,
    [account.id],
  )
  const renewed = await own.ask('POST', '/api/v1/auth/refresh', { body: { refresh_token } })
  const used = await own.ask('GET', '/api/v1/users/me', { token })
  return {
    held: renewed.status === 401,
    seen: `renewing it got ${renewed.status}; its access token, which has minutes left, ${used.status}`,
  }
}

/** A mail goes to the address that the account had. */
async function ownerHears({ mail }: Stage, own: OwnHub, change: () => object): Promise<Finding> {
  const { id, email } = await register(own)
  const mails = () => mail.mails().filter(({ to }) => to === email)
  await until('the mail of the registration', () => mails().length > 0)
  const before = mails().length
  const changed = await own.ask('PATCH', `/api/users/${id}`, { token: own.admin, body: change() })
  const told = await until('a mail', () => mails().length > before, 8_000).catch(() => false)
  const subject = /^Subject: (.*)$/m.exec(mails().at(-1)?.text ?? '')?.[1]
  return {
    held: told === true,
    seen: `${changed.status}; ${told ? `a mail: ${subject}` : 'no mail to the owner'}`,
  }
}

async function cookieNames(own: OwnHub): Promise<Finding> {
  const { email, password } = await register(own)
  const answer = await own.ask('POST', '/api/users/login', {
    body: { email, password },
    headers: { origin: HUB_ADDRESS },
  })
  const cookies = answer.headers.getSetCookie().filter((cookie) => !/^[^=]+=;/.test(cookie))
  const access = cookies.find((cookie) => cookie.startsWith('__Host-')) ?? ''
  const refresh = cookies.find((cookie) => /^__Secure-.*refresh/.test(cookie)) ?? ''
  const isHost = /; ?Path=\/(;|$)/i.test(access) && /; ?Secure/i.test(access) && !/Domain=/i.test(access)
  const isSecure = /; ?Path=\/api(;|$)/i.test(refresh) && /; ?Secure/i.test(refresh)
  const areGuarded = cookies.every((cookie) => /^__(Host|Secure)-/.test(cookie) && /; ?Secure/i.test(cookie))
  const areHidden = cookies.every((cookie) => /HttpOnly/i.test(cookie))
  const names = cookies.map((cookie) => cookie.split('=')[0]).join(', ')
  return {
    held: isHost && isSecure && areGuarded && areHidden,
    seen: names || `no cookie: ${answer.status}`,
  }
}

/** 1.30.6 is the first without the hole. */
async function mailCatcher(checkout: string): Promise<Finding> {
  const text = await readFile(join(checkout, 'docker-compose.yml'), 'utf8')
  const version = /mailpit:v?([\d.]+)/.exec(text)?.[1] ?? '0'
  const [major = 0, minor = 0, patch = 0] = version.split('.').map(Number)
  const isMended = major > 1 || minor > 30 || (minor === 30 && patch >= 6)
  return { held: isMended, seen: `version ${version}` }
}
