import { afterAll, beforeAll, expect, test } from '@jest/globals'
import fc from 'fast-check'
import { ledgerCheck } from '../../src/domain/usage/ledger-check'
import { history, type Step } from './history'
import { PLANS } from './model'
import { Player } from './player'
import { World } from './world'

/** The same histories on each run; another seed by HUB_TEST_SEED. */
const SEED = Number(process.env.HUB_TEST_SEED ?? 20260131)
const RUNS = 120

let world: World
beforeAll(async () => {
  world = await World.open()
  for (const [name, plan] of Object.entries(PLANS)) await world.plan({ name, ...plan })
})
afterAll(() => world.close())

async function play(steps: Step[]): Promise<void> {
  const player = await Player.begin(world, new Date('2026-01-31T12:00:00Z'))
  try {
    for (const step of [{ do: 'subscribe', plan: 'small' } as const, ...steps]) await player.play(step)
    await player.end()
  } catch (error) {
    await player.close()
    throw error
  }
}

test(`random histories agree with the plain rules, and the ledger has no drift (seed ${SEED})`, async () => {
  await fc.assert(fc.asyncProperty(history, play), { numRuns: RUNS, seed: SEED })
  expect(await ledgerCheck(world.pool)).toEqual([])
}, 300_000)
