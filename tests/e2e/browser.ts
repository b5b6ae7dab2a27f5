import { existsSync } from 'node:fs'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type BrowserContext, chromium, type Page, type Request } from 'playwright-core'

const CANDIDATES = [
  process.env.CHROMIUM_PATH,
  '/usr/bin/chromium',
  '/usr/bin/chromium-browser',
  '/usr/bin/google-chrome',
]

export type Visit = { context: BrowserContext; page: Page; problems: string[]; close: () => Promise<void> }

/**
 * Chooses an option of a field, when no answer to an earlier change is on its way, and waits for the field that it `brings`:
 * the server says so, and Payload's form forgets to ask it about a change that is made meanwhile.
 */
export async function choose(page: Page, field: string, option: string, brings: string): Promise<void> {
  await answered(page)
  await page.click(`#field-${field} .rs__control`)
  await page.locator('.rs__option', { hasText: option }).first().click()
  await page.locator(`#field-${brings}`).waitFor()
}

/** Longer than a form waits after a change before it asks the server. */
const QUIET_MS = 500

/** Until the page has asked for nothing for a moment and every answer is there. */
async function answered(page: Page): Promise<void> {
  const { open, quietSince } = asking.get(page) as Asking
  if (open.size === 0 && Date.now() - quietSince >= QUIET_MS) return
  await new Promise((resolve) => setTimeout(resolve, 50))
  return answered(page)
}

type Asking = { open: Set<Request>; quietSince: number }
const asking = new WeakMap<Page, Asking>()

function watchRequests(page: Page): void {
  const watched: Asking = { open: new Set(), quietSince: Date.now() }
  const ended = (request: Request) => {
    watched.open.delete(request)
    watched.quietSince = Date.now()
  }
  page.on('request', (request) => watched.open.add(request))
  page.on('requestfinished', ended).on('requestfailed', ended)
  asking.set(page, watched)
}

/**
 * A fresh Chromium on the hub's panel. `problems` collects every error of the console, every uncaught error
 * and every request to another host. `timezoneId` is where its reader lives. Throws when no Chromium is installed.
 */
export async function openBrowser(url: string, timezoneId?: string): Promise<Visit> {
  const executablePath = CANDIDATES.find((path) => path && existsSync(path))
  if (!executablePath)
    throw new Error('No Chromium: install the Debian package `chromium`, or set CHROMIUM_PATH')
  const profile = await mkdtemp(join(tmpdir(), 'hub-chromium-'))
  const context = await chromium.launchPersistentContext(profile, {
    executablePath,
    headless: true,
    baseURL: url,
    timezoneId,
    viewport: { width: 1280, height: 900 },
    args: [
      '--no-sandbox',
      '--disable-gpu',
      '--disable-quic',
      '--no-first-run',
      '--disable-background-networking',
      '--disable-component-update',
      '--disable-sync',
    ],
  })
  const page = context.pages()[0] ?? (await context.newPage())
  watchRequests(page)
  const problems: string[] = []
  const host = new URL(url).host
  page.on('console', (message) => {
    if (message.type() === 'error') problems.push(`console: ${message.text()} (${message.location().url})`)
  })
  page.on('pageerror', (error) => problems.push(`uncaught: ${error.message}`))
  page.on('request', (request) => {
    const to = new URL(request.url())
    if (to.protocol.startsWith('http') && to.host !== host) problems.push(`another host: ${to.host}`)
  })
  return {
    context,
    page,
    problems,
    close: async () => {
      await context.close()
      await rm(profile, { recursive: true, force: true })
    },
  }
}
