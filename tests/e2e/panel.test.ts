import { mkdir, readdir, readFile } from 'node:fs/promises'
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'
import type { Page } from 'playwright-core'
import { until } from '../support/until'
import { choose, openBrowser, type Visit } from './browser'

const url = process.env.HUB_TEST_URL as string
const admin = {
  email: process.env.HUB_TEST_ADMIN_EMAIL as string,
  password: process.env.HUB_TEST_ADMIN_PASSWORD as string,
}
const SCREENSHOTS = join('tests', 'e2e', 'screenshots')

let visit: Visit
let page: Page

beforeAll(async () => {
  await mkdir(SCREENSHOTS, { recursive: true })
  visit = await openBrowser(url)
  page = visit.page
})

afterAll(() => visit?.close())

async function signIn(email: string, password: string): Promise<void> {
  await openForm('/admin/login')
  await page.fill('#field-email', email)
  await page.fill('#field-password', password)
  await page.click('.login__form button[type=submit]')
}

/** A form takes what is typed once its scripts have run and filled it; Payload marks it then. */
async function openForm(path: string): Promise<void> {
  await page.goto(path)
  await page.locator('form[data-form-ready="true"]').first().waitFor()
}

/**
 * Whom the browser is signed in as. The page itself asks: a request that says nothing of the page that it comes
 * from is never signed in by the cookie.
 */
function signedInAs(): Promise<string | null> {
  return page.evaluate(async () => {
    const me = (await (await fetch('/api/users/me')).json()) as { user: { email: string } | null }
    return me.user?.email ?? null
  })
}

const shot = (name: string) => page.screenshot({ path: join(SCREENSHOTS, `${name}.png`), fullPage: true })

/** One call of the versioned API, as a user's own program would make it. */
async function api(
  method: string,
  path: string,
  body?: object,
  token?: string,
): Promise<{ status: number; data: unknown }> {
  const headers: Record<string, string> = {
    'content-type': 'application/json',
    'x-forwarded-for': '198.18.0.9',
  }
  if (token) headers.authorization = `Bearer ${token}`
  const answer = await fetch(`${url}/api/v1${path}`, {
    method,
    headers,
    ...(body ? { body: JSON.stringify(body) } : {}),
  })
  const text = await answer.text()
  return { status: answer.status, data: text ? JSON.parse(text).data : null }
}

async function userOnFree(email: string, password: string): Promise<string> {
  await api('POST', '/auth/register', { name: 'Somebody', email, password })
  const pair = (await api('POST', '/auth/login', { email, password })).data as { access_token: string }
  await api('POST', '/subscriptions/subscribe', { plan: 'free' }, pair.access_token)
  return pair.access_token
}

describe('the panel, as an admin uses it', () => {
  const user = { email: `e2e-${Date.now()}@example.com`, password: 'Correct-horse-1' }
  const toolName = `Word counter ${Date.now()}`

  it('lets the admin in, and shows the overview', async () => {
    await signIn(admin.email, admin.password)
    await page.waitForURL(/\/admin\/?$/)
    await page.getByText('Overview').waitFor()
    await shot('dashboard')
  })

  it('creates a tool', async () => {
    await openForm('/admin/collections/tools/create')
    await choose(page, 'adapter', 'Built in', 'builtin')
    await choose(page, 'meteringMode', 'Fixed price a call', 'meteringTokens')
    await page.fill('#field-name', toolName)
    await page.fill('#field-description', 'Counts the tokens of a text.')
    await page.fill('#field-builtin', 'count-tokens')
    await page.fill('#field-meteringTokens', '7')
    await page.click('#action-save')
    await page.waitForURL(/\/admin\/collections\/tools\/[0-9a-f-]{36}/)
    await shot('tool')
  })

  it('gives a tool a secret header, of which only the name is ever shown again', async () => {
    await openForm('/admin/collections/tools/create')
    await page.fill('#field-name', `Remote ${Date.now()}`)
    await page.fill('#field-description', 'Somewhere else.')
    await page.fill('#field-endpoint', 'http://127.0.0.1:9/nowhere')
    await page.fill('#field-secretHeaders', '{"X-Provider-Key": "planted-secret-7f3"}')
    await page.click('#action-save')
    await page.waitForURL(/\/admin\/collections\/tools\/[0-9a-f-]{36}/)
    await openForm(page.url())
    expect(await page.locator('#field-secretHeaderNames').inputValue()).toContain('X-Provider-Key')
    expect(await page.content()).not.toContain('planted-secret-7f3')
  })

  it('sees the call of that tool in the usage log', async () => {
    const token = await userOnFree(user.email, user.password)
    const slug = toolName.toLowerCase().replaceAll(' ', '-')
    const invoked = await api('POST', `/tools/${slug}/invoke`, { input: { text: 'one two three' } }, token)
    expect(invoked.status).toBe(200)
    await page.goto('/admin/collections/usage-logs')
    const row = page.locator('tr', { hasText: toolName })
    await row.first().waitFor()
    expect(await row.first().innerText()).toMatch(/success/i)
    expect(await row.first().innerText()).toContain('7')
    await shot('usage-log')
  })

  it('makes an API key, which is shown this once and works', async () => {
    await openForm('/admin/collections/api-keys/create')
    await page.fill('#field-name', 'From the panel')
    await page.click('#action-save')
    const shown = page.getByTestId('new-api-key')
    await shown.waitFor()
    const key = await shown.innerText()
    expect(key).toMatch(/^jhub_[0-9A-Za-z]{30,}$/)
    expect((await api('GET', '/users/me', undefined, key)).status).toBe(200)
    await shot('new-key')
    await page.click('#key-done')
    await page.waitForURL(/\/admin\/collections\/api-keys\/[0-9a-f-]{36}/)
    await page.reload()
    await page.locator('#field-name').waitFor()
    expect(await page.content()).not.toContain(key)
  })

  it('walks through every list without an error', async () => {
    for (const slug of ['users', 'api-keys', 'tools', 'media', 'plans', 'subscriptions', 'usage-logs']) {
      await page.goto(`/admin/collections/${slug}`)
      await page.locator('.collection-list').first().waitFor()
    }
    await page.goto('/admin/account')
    await page.locator('#field-name').waitFor()
  })

  it('asks for the current password when the own one is to be changed', async () => {
    await openForm('/admin/account')
    await page.getByRole('button', { name: /change password/i }).click()
    await page.fill('#field-password', 'Changed-in-panel-2')
    await page.locator('#field-currentPassword').waitFor()
    await shot('account')
    await page
      .getByRole('button', { name: /cancel/i })
      .first()
      .click()
  })

  it('logs out, and leads whoever is signed out to the login', async () => {
    await page.goto('/admin')
    expect(await signedInAs()).toBe(admin.email)
    await page.goto('/admin/logout')
    // The login comes after the session has ended. What is asked for earlier may still be answered as signed in.
    await page.waitForURL(/\/admin\/login/)
    await page.locator('.login__form').waitFor()
    expect(await signedInAs()).toBeNull()
    expect((await visit.context.cookies()).map(({ name }) => name)).not.toContain('payload-token')
    await page.goto('/admin/collections/users')
    await page.waitForURL(/\/admin\/login\?redirect=/)
    await page.locator('.login__form').waitFor()
    expect(await page.locator('.collection-list').count()).toBe(0)
  })

  it('showed no error in the console and asked no other host', () => {
    expect(visit.problems).toEqual([])
  })

  it('turns a user without the admin role away', async () => {
    await signIn(user.email, user.password)
    await turnedAway()
    await page.goto('/admin/collections/users')
    await turnedAway()
    expect(await page.locator('.collection-list').count()).toBe(0)
    await shot('turned-away')
  })

  // Payload itself renders a widget of the dashboard for whoever is signed in.
  it("renders nothing for such a user, nor for nobody, who asks the panel's functions directly", async () => {
    expect(await signedInAs()).toBe(user.email)
    const names = await serverFunctions()
    expect(names).toContain('render-widget')
    for (const name of names)
      for (const answer of await askFunction(name)) expect(answer).not.toMatch(RENDERED)
    const cookies = await visit.context.cookies()
    await visit.context.clearCookies()
    for (const name of names)
      for (const answer of await askFunction(name)) expect(answer).not.toMatch(RENDERED)
    await visit.context.addCookies(cookies)
  })

  it('shows no page of the panel to such a user, to nobody, to a key, or to the key of an admin', async () => {
    const login = async (who: { email: string; password: string }) =>
      ((await api('POST', '/auth/login', who)).data as { access_token: string }).access_token
    const tokens = [await login(user), await login(admin)]
    const keys = await Promise.all(
      tokens.map(async (token) => (await api('POST', '/users/me/api-keys', { name: 'k' }, token)).data),
    )
    const id = '0198c5a2-6c1e-7b3a-9d2f-3f1c5e7a9b01'
    const lists = [
      'users',
      'api-keys',
      'tools',
      'plans',
      'subscriptions',
      'usage-logs',
      'audit-logs',
      'refusals',
      'alerts',
      'media',
    ]
    const pages = [
      ...[
        '',
        '/active-users',
        '/plan-fill',
        '/ledger',
        '/globals/settings',
        '/account',
        '/collections/tools/trash',
      ],
      ...lists.flatMap((slug) => [
        `/collections/${slug}`,
        `/collections/${slug}/${id}`,
        `/collections/${slug}/create`,
      ]),
      ...[`/collections/users/${id}/overview`, `/collections/tools/${id}/versions`],
    ]
    // Who they themselves are, a page may tell them; nobody else.
    const asking: Array<[Record<string, string>, string]> = [
      [{}, admin.email],
      [{ authorization: `Bearer ${tokens[0]}` }, admin.email],
      [{ cookie: `payload-token=${tokens[0]}` }, admin.email],
      ...keys.map((made, index): [Record<string, string>, string] => [
        { 'x-api-key': (made as { key: string }).key },
        index === 0 ? admin.email : user.email,
      ]),
    ]
    for (const path of pages)
      for (const [headers, other] of asking) {
        const answer = await fetch(`${url}/admin${path}`, {
          headers,
          redirect: 'manual',
        })
        const text = await answer.text()
        const shown = /collection-list|collection-edit|hub-card|hub-table|template-default/.test(
          text.replaceAll(/<script[\s\S]*?<\/script>|<style[\s\S]*?<\/style>/g, ''),
        )
        expect([path, Object.keys(headers), shown]).toEqual([path, Object.keys(headers), false])
        expect(text).not.toContain(other)
      }
  })
})

/** What a server function answers who renders or tells something. */
const RENDERED = /component|hub-card|"docs"|formState|"state":/i

/** The functions that Payload's panel has, by its own list. */
async function serverFunctions(): Promise<string[]> {
  const from = createRequire(import.meta.url).resolve('@payloadcms/next/utilities')
  const text = await readFile(join(dirname(from), '..', 'utilities', 'handleServerFunctions.js'), 'utf8')
  const list = /baseServerFunctions = \{([\s\S]*?)\};/.exec(text)?.[1] ?? ''
  return [...list.matchAll(/^\s*'?([a-z-]+)'?:/gm)].map(([, name]) => name as string)
}

/** Asks a server function by each id that the login page knows, for a widget, a document, a list, a form. */
function askFunction(name: string): Promise<string[]> {
  const args = {
    widgetSlug: 'hub-figures',
    collectionSlug: 'users',
    operation: 'read',
    schemaPath: 'users',
    docID: 'x',
  }
  return page.evaluate(
    async (asked) => {
      const html = await (await fetch('/admin/login')).text()
      const ids = new Set([...html.matchAll(/\\"id\\":\\"([0-9a-f]{42})\\"/g)].map(([, id]) => id as string))
      if (ids.size === 0) throw new Error('the login page names no function')
      return Promise.all(
        [...ids].map(async (id) => {
          const headers = { 'next-action': id, 'content-type': 'text/plain;charset=UTF-8' }
          return (await fetch('/admin/login', { method: 'POST', headers, body: asked })).text()
        }),
      )
    },
    JSON.stringify([{ name, args }]),
  )
}

/** The page that a user without the admin role is sent to, whatever they asked for. */
async function turnedAway(): Promise<void> {
  await page.waitForURL(/\/admin\/unauthorized/)
  await page
    .getByText(/not allowed|unauthorized|forbidden/i)
    .first()
    .waitFor()
}

describe('the links of mails', () => {
  const person = { email: `reset-${Date.now()}@example.com`, password: 'Correct-horse-1' }

  it('lead to a page on which a forgotten password is changed', async () => {
    await userOnFree(person.email, person.password)
    await api('POST', '/auth/password-reset', { email: person.email })
    await page.goto(await mailedLink(person.email))
    await page.fill('#password', 'weak')
    await page.fill('#password', 'weakweak')
    await page.click('button')
    await page
      .getByText(/upper case/)
      .first()
      .waitFor()
    await page.fill('#password', 'Another-horse-2')
    await page.click('button')
    await page.getByText('Your password is changed').waitFor()
    await shot('reset-password')
    const login = (password: string) => api('POST', '/auth/login', { email: person.email, password })
    expect((await login(person.password)).status).toBe(401)
    expect((await login('Another-horse-2')).status).toBe(200)
  })
})

/** The newest link to the reset page that was mailed to this address. */
async function mailedLink(email: string): Promise<string> {
  const directory = process.env.HUB_TEST_MAIL_DIR as string
  const look = async () => {
    const files = (await readdir(directory).catch(() => [])).sort().reverse()
    for (const file of files) {
      const mail = await readFile(join(directory, file), 'utf8')
      const link = /\S+\/account\/reset-password#token=\S+/.exec(mail)?.[0]
      if (mail.includes(`To: ${email}`) && link) return link
    }
    return undefined
  }
  return (await until(`a reset mail for ${email}`, look)) as string
}
