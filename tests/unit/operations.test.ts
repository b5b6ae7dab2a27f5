import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from '@jest/globals'
import type { Pool } from 'pg'
import { z } from 'zod'
import { SYSTEM } from '../../src/domain/audit/record'
import { type Caller, carryOut, type Operation } from '../../src/domain/operation/operation'

const ROOT = join(import.meta.dirname, '../..')
const sources = (readdirSync(join(ROOT, 'src'), { recursive: true }) as string[]).filter((path) =>
  /\.tsx?$/.test(path),
)
const inOperations = sources.filter((path) => /^domain\/\w+\/operations\//.test(path))
const interfaces = sources
  .filter((path) => /^(http|panel)\//.test(path))
  .map((path) => readFileSync(join(ROOT, 'src', path), 'utf8'))

type Found = { file: string; exported: string; operation: Operation }

const isOperation = (value: unknown): value is Operation =>
  typeof value === 'object' && value !== null && 'run' in value && 'access' in value

const found: Found[] = []
for (const file of inOperations) {
  const values = Object.entries(await import(join(ROOT, 'src', file))) as Array<[string, unknown]>
  for (const [exported, operation] of values)
    if (isOperation(operation)) found.push({ file, exported, operation })
}

describe('the operations', () => {
  test('have distinct names', () => {
    const names = found.map(({ operation }) => operation.name)
    expect(names.length).toBeGreaterThan(12)
    expect(new Set(names).size).toBe(names.length)
  })

  test.each(found)('$exported is bound by an interface', ({ exported }) => {
    const name = new RegExp(`\\b${exported}\\b`)
    expect(interfaces.filter((text) => name.test(text))).not.toHaveLength(0)
  })

  test.each(found)('$exported takes no input that it does not know', ({ operation }) => {
    const read = operation.input.safeParse({ surplus: 1 })
    expect(read.error?.issues.map(({ code }) => code)).toContain('unrecognized_keys')
  })
})

describe('carryOut', () => {
  /** A pool that fails: what is refused costs no connection. */
  const pool = new Proxy({} as Pool, {
    get: () => {
      throw new Error('the database was asked')
    },
  })
  const deps = { pool, config: null, now: null }
  const caller = (role: Caller['role'], via: Caller['via']): Caller => ({
    role,
    via,
    userId: 'u',
    by: SYSTEM,
  })
  const input = z.strictObject({ tokens: z.number().int(), at: z.strictObject({ day: z.string() }) })
  const operation = (access: Operation['access']) =>
    ({ name: 'made', access, input, run: async () => ({ output: 1 }) }) satisfies Operation<
      typeof input,
      number
    >
  const sent = { tokens: 1, at: { day: 'd' } }

  test.each([
    ['admin', caller('user', 'session')],
    ['admin', caller('admin', 'api-key')],
    ['session', caller('user', 'api-key')],
    ['session', caller('admin', 'api-key')],
  ] as const)('refuses %s access to %j before it reads the input', async (access, who) => {
    const request = { subjectId: 's', input: {} as typeof sent, caller: who }
    await expect(carryOut(operation(access), deps, request)).rejects.toMatchObject({ code: 'FORBIDDEN' })
  })

  test('names each invalid field before it opens a transaction', async () => {
    const request = {
      subjectId: 's',
      input: { tokens: 1.5, at: {} } as typeof sent,
      caller: caller('admin', 'session'),
    }
    await expect(carryOut(operation('admin'), deps, request)).rejects.toMatchObject({
      code: 'VALIDATION_ERROR',
      details: [{ field: 'tokens' }, { field: 'at.day' }],
    })
  })

  /** A pool whose only client writes down each statement. */
  const recorded = () => {
    const statements: string[] = []
    const query = async (text: string) => {
      statements.push(text.trim().split(/\s+/, 2).join(' '))
      return { rows: [], rowCount: 0 }
    }
    return {
      statements,
      pool: { connect: async () => ({ query, release: () => undefined }) } as unknown as Pool,
    }
  }

  test.each([
    [false, 'commit'],
    [true, 'rollback'],
  ])('with preview %s its transaction ends with %s', async (preview, end) => {
    const { statements, pool } = recorded()
    const effects = [{ what: 'It', before: 'a', after: 'b' }]
    const record = { action: 'update', subject: 'users', subjectId: 's', title: 't', note: 'n' } as const
    const done = await carryOut(
      { ...operation('signed-in'), run: async () => ({ output: 7, effects, record }) },
      { ...deps, pool },
      { subjectId: 's', input: sent, caller: caller('user', 'api-key'), preview },
    )
    expect(done).toEqual({ output: 7, effects })
    expect(statements).toEqual(['begin', 'insert into', end])
  })
})
