import { fork } from 'node:child_process'
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals'
import { ledgerCheck } from '../../src/domain/usage/ledger-check'
import type { Work } from './hub-process'
import { type Person, World } from './world'

let world: World
beforeAll(async () => {
  world = await World.open()
})
afterAll(() => world.close())

/** Runs the calls in two processes, half in each, and answers how many were admitted in all. */
async function inTwoProcesses(
  person: Person,
  count: number,
  work: Pick<Work, 'settleTokens' | 'retryHeld'>,
  tokens: number,
) {
  const half = () => Array.from({ length: count / 2 }, () => world.call(person, { tokens }))
  const admitted = await Promise.all(
    [0, 1].map(() => inProcess({ url: world.database.url, calls: half(), ...work })),
  )
  return admitted.reduce((sum, one) => sum + one, 0)
}

function inProcess(work: Work): Promise<number> {
  return new Promise((resolve, reject) => {
    const child = fork('tests/ledger/hub-process.ts', { execArgv: ['--import', 'tsx'] })
    child.once('message', (admitted) => resolve(admitted as number))
    child.once('exit', (code) => code && reject(new Error(`ended with ${code}`)))
    child.send(work)
  })
}

describe('two hub processes on one database', () => {
  test('200 calls of a fixed price against room for 37: exactly 37', async () => {
    const person = await world.subscriber({ tokens: 3750 })
    expect(await inTwoProcesses(person, 200, { settleTokens: null, retryHeld: false }, 100)).toBe(37)
    expect(await world.balance(person)).toMatchObject({ used: 0, held: 3700, flying: 37 })
    expect(await ledgerCheck(world.pool)).toEqual([])
  })

  test('holds larger than the use: what was refused as held succeeds on retry, to the last token', async () => {
    const person = await world.subscriber({ tokens: 2090 })
    expect(await inTwoProcesses(person, 200, { settleTokens: 10, retryHeld: true }, 100)).toBe(200)
    expect(await world.balance(person)).toMatchObject({ used: 2000, held: 0, flying: 0 })
    expect(await ledgerCheck(world.pool)).toEqual([])
  })
})
