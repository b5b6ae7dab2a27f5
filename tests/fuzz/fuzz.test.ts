import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from '@jest/globals'
import fc from 'fast-check'
import { hubUrl } from '../support/run'
import { type Case, cases } from './case'
import { type InProcess, inProcess } from './in-process'
import { type ProviderServer, startProviderServer } from './provider-server'
import { Stage } from './run'

// The kind: an answer or a stream of a provider that is legal, in a form that nobody thought of, must come through every
// interface as what it says, and be charged as it was reported.

/** How many calls are made in the process, and over sockets. `.ci/long` makes more. */
const CASES = Number(process.env.HUB_FUZZ_CASES ?? 10_000)
const SOCKET_CASES = 300
/** Calls that run side by side. */
const TOGETHER = 50
const SEED = process.env.HUB_FUZZ_SEED
  ? Number(process.env.HUB_FUZZ_SEED)
  : Math.floor(Math.random() * 2 ** 31)
/** Cases that failed once. */
const EXAMPLES = JSON.parse(readFileSync(join(import.meta.dirname, 'examples.json'), 'utf8')) as Case[]

const stage = new Stage()
let hub: InProcess
let provider: ProviderServer

beforeAll(async () => {
  provider = await startProviderServer(stage.caseOf)
  await stage.open(provider.url)
  hub = await inProcess(stage)
})
afterAll(async () => {
  await hub?.close()
  await provider?.close()
  await stage.close()
})

/** Fails with the smallest case that fails, to be added to the examples. */
async function holds(count: number, play: (some: Case[]) => Promise<string[][]>): Promise<void> {
  const together = fc.array(cases, { minLength: 1, maxLength: TOGETHER, size: 'max' })
  const runs = Math.max(1, Math.round(count / (TOGETHER / 2)))
  const all = fc.asyncProperty(together, async (some) => {
    const faults = (await play(some)).flatMap((found, at) =>
      found.map((fault) => ({ fault, case: some[at] })),
    )
    expect(faults).toEqual([])
  })
  await fc.assert(all, {
    numRuns: runs,
    seed: SEED,
    endOnFailure: false,
    interruptAfterTimeLimit: 7_000_000,
    markInterruptAsFailure: true,
  })
  expect(await stage.held()).toBe(0)
}

test('cases that failed once', async () => {
  const faults = await stage.play(EXAMPLES, hub.send)
  expect(faults.filter((found) => found.length > 0)).toEqual([])
})

test(
  `${CASES} legal answers in the process, seed ${SEED}`,
  () => holds(CASES, (some) => stage.play(some, hub.send)),
  7_200_000,
)

test(`${SOCKET_CASES} legal answers over sockets, seed ${SEED}`, () =>
  holds(SOCKET_CASES, (some) => stage.play(some, (path, init) => fetch(`${hubUrl()}${path}`, init))))
