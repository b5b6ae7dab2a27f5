import { readFile } from 'node:fs/promises'
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'
import type { Page } from 'playwright-core'
import { until } from '../support/until'

/** Everybody's look: both themes, a desk and a phone. */
export const LOOKS = (['light', 'dark'] as const).flatMap((theme) =>
  [1280, 390].map((width) => ({ theme, width })),
)

/** What axe finds wrong with the hub's own parts, and seriously so. A page without any may be looked at by `parts`. */
export async function faults(
  page: Page,
  parts: readonly string[] = ['.hub-card', '.hub-view', '.hub-tiles'],
): Promise<string[]> {
  await settled(page)
  const axe = join(dirname(createRequire(import.meta.url).resolve('axe-core/package.json')), 'axe.min.js')
  await page.evaluate(await readFile(axe, 'utf8'))
  return page.evaluate(
    async (asked) => {
      type Axe = {
        run: (
          context: { include: string[][] },
          options: { resultTypes: string[] },
        ) => Promise<{ violations: Array<{ id: string; impact: string; nodes: Array<{ html: string }> }> }>
      }
      const own = asked.filter((part) => document.querySelector(part))
      if (own.length === 0) return ['the hub has no part on this page']
      const { axe: checker } = window as unknown as { axe: Axe }
      const { violations } = await checker.run(
        { include: own.map((part) => [part]) },
        { resultTypes: ['violations'] },
      )
      return violations
        .filter(({ impact }) => impact === 'serious' || impact === 'critical')
        .map(({ id, nodes }) => `${id}: ${nodes[0]?.html}`)
    },
    [...parts],
  )
}

/** Until every colour is the one that stays: a change of theme fades, and what is measured meanwhile is of neither. */
async function settled(page: Page): Promise<void> {
  await page.waitForFunction(() =>
    document
      .getAnimations()
      .every(
        ({ effect, playState }) => playState !== 'running' || effect?.getTiming().iterations === Infinity,
      ),
  )
}

/**
 * By how much the page is wider than the screen: what does not fit scrolls inside its card. A page whose scripts still
 * answer to a change of the screen is given the time to.
 */
export async function overflow(page: Page): Promise<number> {
  const measure = () =>
    page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth)
  const fits = async () => (await measure()) <= 0
  await until('a page that fits the screen', fits, 5_000).catch(() => undefined)
  return measure()
}
