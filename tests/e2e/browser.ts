import { existsSync } from 'node:fs'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type BrowserContext, chromium, type Locator, type Page, type Request } from 'playwright-core'

const CANDIDATES = [
  process.env.CHROMIUM_PATH,
  '/usr/bin/chromium',
  '/usr/bin/chromium-browser',
  '/usr/bin/google-chrome',
]

export type Visit = { context: BrowserContext; page: Page; problems: string[]; close: () => Promise<void> }

/**
 * Chooses an option of a field, when no answer to an earlier change is on its way, and waits for the field that it `brings`:
 * the server says so, and Payload's form forgets to ask it about a change that is made meanwhile. It knows of its own
 * work alone when that is, so where it asked for nothing a person would choose again, and so does this.
 */
export async function choose(page: Page, field: string, option: string, brings: string): Promise<void> {
  const wanted = page.locator('.rs__option', { hasText: option })
  const brought = page.locator(`#field-${brings}`)
  await pick(page, field, wanted)
  for (let turn = 0; turn < 2 && !(await brought.isVisible()); turn += 1) {
    await pick(page, field, page.locator('.rs__option:not(.rs__option--is-selected)'))
    await pick(page, field, wanted)
  }
  await brought.waitFor()
}

/** Picks the first of these options of a field; ends when the form has been answered. */
async function pick(page: Page, field: string, options: Locator): Promise<void> {
  await answered(page)
  await page.click(`#field-${field} .rs__control`)
  await options.first().click()
  await answered(page)
}

/** Longer than a form waits after a change before it asks the server. */
const QUIET_MS = 500

/**
 * Until the page has asked for nothing for a moment and every answer is there. The page's own timers measure the moment:
 * where they are late, so is the form that waits for one.
 */
export async function answered(page: Page): Promise<void> {
  const asked = asking.get(page) as Asking
  for (let before = -1; asked.open.size > 0 || asked.count !== before; ) {
    before = asked.count
    await page.evaluate((ms) => new Promise((resolve) => setTimeout(resolve, ms)), QUIET_MS)
  }
}

/** Until every control of the page answers to a click or to what is typed: React marks what its scripts have taken over. */
export async function hydrated(page: Page): Promise<void> {
  await page.waitForFunction(() =>
    [...document.querySelectorAll('button, input, select, textarea')].every((control) =>
      Object.keys(control).some((key) => key.startsWith('__reactProps$')),
    ),
  )
}

type Asking = { open: Set<Request>; count: number }
const asking = new WeakMap<Page, Asking>()

function watchRequests(page: Page): void {
  const watched: Asking = { open: new Set(), count: 0 }
  const ended = (request: Request) => watched.open.delete(request)
  page.on('request', (request) => {
    watched.open.add(request)
    watched.count += 1
  })
  page.on('requestfinished', ended).on('requestfailed', ended)
  asking.set(page, watched)
}

/** For whatever a page waits for: a busy machine takes its time, and where all is well it costs nothing. */
const LONGEST_MS = 90_000

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
  page.setDefaultTimeout(LONGEST_MS)
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
