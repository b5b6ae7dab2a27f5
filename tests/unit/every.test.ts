// The kind: work in the background that runs twice at once, outlives its stop, or logs the values of a failed query.
import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals'
import type { Pool } from 'pg'
import { startAccountsTimers } from '../../src/domain/accounts/timers'
import type { AlertsDeps } from '../../src/domain/alerts/alert'
import { startAlertTimers } from '../../src/domain/alerts/timers'
import { keepRefusal, startRefusalTimers } from '../../src/domain/refusals/keep-refusal'
import { startMcpWatch } from '../../src/domain/tools/mcp/watch'
import { every, type WarnLog } from '../../src/platform/log/every'

beforeEach(() => {
  jest.useFakeTimers()
})
afterEach(() => {
  jest.useRealTimers()
})

describe('every', () => {
  it('does not begin while it still runs, and begins again after a failure', async () => {
    const ends: Array<(error?: Error) => void> = []
    const errors: unknown[] = []
    const work = () =>
      new Promise<void>((resolve, reject) => ends.push((error) => (error ? reject(error) : resolve())))
    const stop = every(100, work, (error) => errors.push(error))
    await jest.advanceTimersByTimeAsync(350)
    expect(ends).toHaveLength(1)
    ends[0]?.(new Error('away'))
    await jest.advanceTimersByTimeAsync(100)
    expect(ends).toHaveLength(2)
    expect(errors).toEqual([new Error('away')])
    let isStopped = false
    void stop().then(() => {
      isStopped = true
    })
    await jest.advanceTimersByTimeAsync(500)
    expect([isStopped, ends.length]).toEqual([false, 2])
    ends[1]?.()
    await jest.advanceTimersByTimeAsync(0)
    expect(isStopped).toBe(true)
  })
})

describe('what a timer logs of a failed query', () => {
  const VALUE = 'a-value-of-somebody'
  const failure = Object.assign(new Error(`invalid input syntax for type uuid: "${VALUE}"`), {
    code: '22P02',
    severity: 'ERROR',
  })
  const pool = {
    query: () => Promise.reject(failure),
    connect: () => Promise.reject(failure),
  } as unknown as Pool
  const deps = {
    pool,
    config: { secret: 'x'.repeat(32), hubUrl: 'http://127.0.0.1' },
  } as unknown as AlertsDeps
  const starts: Array<[string, (log: WarnLog) => () => Promise<void>]> = [
    ['alerts', (log) => startAlertTimers(deps, log)],
    ['accounts', (log) => startAccountsTimers(pool, log)],
    ['refusals', (log) => startRefusalTimers(pool, log)],
    ['MCP servers', (log) => startMcpWatch(pool, log)],
  ]

  it.each(starts)('of %s has none of its values', async (_, start) => {
    const warnings: object[] = []
    const stop = start({ warn: (fields, message) => warnings.push({ ...fields, message }) })
    keepRefusal({ userId: null, reason: 'bad-input' }, () => ({
      layer: 'input',
      code: 'VALIDATION_ERROR',
      message: 'bad',
      requestId: '0198c5a2-6c1e-7b3a-9d2f-3f1c5e7a9b01',
      toolId: null,
      toolName: null,
      figures: {},
    }))
    await jest.advanceTimersByTimeAsync(3_600_000)
    await stop()
    expect(warnings.length).toBeGreaterThan(0)
    expect(JSON.stringify(warnings)).not.toContain(VALUE)
  })
})
