/**
 * Faults of this kind: something unexpected is thrown between the admission of a call and its settlement, and the call
 * stays pending, with its tokens held, until its deadline.
 */
import { afterEach, describe, expect, test } from '@jest/globals'
import type { Pool } from 'pg'
import type { CallDeps } from '../../src/domain/calls/admit-call'
import { runCall } from '../../src/domain/calls/run-call'
import { runModel } from '../../src/domain/calls/run-model'
import { settledInAnyCase } from '../../src/domain/calls/settled'
import { streamModel } from '../../src/domain/calls/stream-model'
import type { Admitted, Settlement } from '../../src/domain/ledger/call'
import { setPerProcess } from '../../src/platform/kernel/process'
import type { Log } from '../../src/platform/log/log'
import { aTool } from '../tools/fixture'

const deps = { pool: {} as Pool, log: { error: () => undefined, warn: () => undefined } as unknown as Log }
const admitted = { userId: 'u', usageId: 'c', tokensHeld: 10, limits: {} } as unknown as Admitted

function seeSettlements(): Settlement[] {
  const seen: Settlement[] = []
  setPerProcess('meter', { settle: async (settlement: Settlement) => void seen.push(settlement) })
  return seen
}

afterEach(() => setPerProcess('meter', undefined))

const request = {
  credential: { kind: 'api-key', keyHash: 'k' },
  tool: 't',
  requestId: 'r',
  input: {},
  idempotency: undefined,
  bytes: 2,
  isKnown: true,
} as const
const FREE = [{ userId: 'u', usageId: 'c', status: 'error', tokens: 0, errorCode: 'INTERNAL' }]

describe('what is thrown after admission settles the call, free of charge', () => {
  test('by any work', async () => {
    const seen = seeSettlements()
    const work = async () => {
      throw new RangeError('Maximum call stack size exceeded')
    }
    await expect(settledInAnyCase(deps as CallDeps, admitted, work)).rejects.toThrow(RangeError)
    expect(seen).toMatchObject(FREE)
  })

  test('by a tool, a model and a stream of a model', async () => {
    // A tool that cannot even be looked at.
    const tool = new Proxy(aTool({}), {
      get: () => {
        throw new TypeError('a fault of our own')
      },
    })
    const call = { tool, plan: {}, admitted, answer: () => '' } as never
    const runs = [
      () => runCall(deps as CallDeps, request, tool, admitted),
      () => runModel(deps as CallDeps, request, call),
      () => streamModel(deps as CallDeps, request, call),
    ]
    for (const run of runs) {
      const seen = seeSettlements()
      await expect(run()).rejects.toThrow(TypeError)
      expect(seen).toMatchObject(FREE)
    }
  })
})
