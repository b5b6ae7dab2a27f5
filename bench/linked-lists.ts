import type { Page } from 'playwright-core'
import type { PanelPage } from '../tests/e2e/pages'

const LIST = '.collection-list'
const IDS = /[0-9a-f-]{36}(,[0-9a-f-]{36})*/
const LINKS = 'a[href*="/admin/collections/"][href*="?"]'

/**
 * The filtered lists that these pages lead to, as an admin who follows a figure gets them; of several that ask the same
 * of another document or another moment, the first.
 */
export async function linkedLists(page: Page, from: PanelPage[]): Promise<PanelPage[]> {
  const found = new Map<string, PanelPage>()
  for (const origin of from) {
    await page.goto(origin.path)
    await page.locator(origin.ready).first().waitFor()
    await page.waitForLoadState('networkidle')
    const links = await page
      .locator(LINKS)
      .evaluateAll((all) =>
        all.map((one) => (one as HTMLAnchorElement).pathname + (one as HTMLAnchorElement).search),
      )
    for (const path of links) {
      const name = `${origin.name} → ${nameOf(path)}`
      if (!found.has(name)) found.set(name, { name, path, ready: LIST })
    }
  }
  return [...found.values()]
}

/** What a list is asked for, without ids and moments. */
function nameOf(path: string): string {
  const { pathname, searchParams } = new URL(path, 'http://hub')
  const asked = [...searchParams].map(([field, value]) => {
    const [name, operator] = field.replaceAll(']', '').split('[').slice(-2)
    if (name === 'createdAt') return 'its time'
    return `${name} ${operator} ${value.replace(IDS, '…')}`
  })
  return `${pathname.split('/').pop()}: ${[...new Set(asked)].join(', ')}`
}
