import { inspect } from 'node:util'
import { expect, test } from '@jest/globals'
import { DrizzleQueryError } from '@payloadcms/db-postgres/drizzle'
import pg from 'pg'
import pino from 'pino'
import { logOptions } from '../../src/platform/log/log'
import { payloadLog } from '../../src/platform/log/payload-log'
import { printWithoutValues } from '../../src/platform/log/printed-errors'

/** The value that no line may hold. */
const VALUE = 'ada@example.org'

function lines() {
  const written: string[] = []
  const log = pino(logOptions('info'), { write: (line: string) => void written.push(line) })
  return { log, written }
}

/** As PostgreSQL answers and `pg` throws it. */
function answer(message: string, code: string): Error {
  const error = new pg.DatabaseError(message, message.length, 'error')
  return Object.assign(error, {
    severity: 'ERROR',
    code,
    detail: `Key (email)=(${VALUE}) already exists.`,
    where: `unnamed portal parameter $1 = '${VALUE}'`,
    hint: VALUE,
    constraint: 'users_email_idx',
    routine: '_bt_check_unique',
  })
}

/** As Drizzle throws it: statement and values are fields, and the message repeats them. */
function failedQuery(cause?: Error): Error {
  const params = [VALUE, 'two lines\n    at a line like a frame of the stack']
  const query = `select * from users where email = $1 and name = '${VALUE}'`
  const error = new Error(`Failed query: ${query}\nparams: ${params}`, { cause })
  return Object.assign(error, { query, params })
}

const unique = answer('duplicate key value violates unique constraint "users_email_idx"', '23505')
const misfit = answer(`invalid input syntax for type uuid: "${VALUE}"`, '22P02')

test.each([
  ['a failed query', failedQuery(unique)],
  ['what the database says', unique],
  ['what the database says of a value', misfit],
  ['what a failed query caused', new Error('the list failed', { cause: failedQuery(misfit) })],
  ['one of several', new AggregateError([new Error('x'), failedQuery(misfit)], 'several failed')],
  ['an error that repeats its message', new Error(`cannot migrate: ${failedQuery().message}`)],
])('no line of the log holds the values of a query: %s', (_what, err) => {
  const { log, written } = lines()
  const failed = payloadLog(log)
  log.error({ err }, 'it failed')
  failed.error({ err, msg: 'it failed' })
  failed.error({ err, msg: `it failed: ${failedQuery().message}` })
  failed.error({ err }, `it failed: ${failedQuery().message}`)
  failed.error({ err })
  failed.error(err)
  failed.error(`it failed: ${failedQuery()}`)
  expect(written).toHaveLength(7)
  for (const line of written) {
    expect(line).not.toContain(VALUE)
    expect(line).not.toContain('select *')
    expect(line).not.toContain('like a frame')
  }
})

test('a failed query says where it was asked and what the database answered', () => {
  const { log, written } = lines()
  payloadLog(log).error({ err: failedQuery(unique), msg: 'the list failed' })
  const { msg, err } = JSON.parse(written[0] as string)
  expect(msg).toBe('the list failed')
  expect(err.message).toBe(`Failed query: ${unique.message}`)
  expect(err.stack).toMatch(/^Error: Failed query\n {4}at failedQuery .*logged-error.test/)
  expect(err.stack).toContain(`caused by: error: ${unique.message}\n    at `)
})

test('what a database answers is named: code, constraint, what it thinks of the value', () => {
  const { log, written } = lines()
  log.error({ err: misfit }, 'it failed')
  const { err } = JSON.parse(written[0] as string)
  expect(err).toEqual({
    type: 'DatabaseError',
    message: 'invalid input syntax for type uuid: …',
    stack: expect.stringMatching(/^error: invalid input syntax for type uuid: …\n {4}at answer /),
    code: '22P02',
    severity: 'ERROR',
    constraint: 'users_email_idx',
    routine: '_bt_check_unique',
  })
})

test('every other error is logged as it is', () => {
  const { log, written } = lines()
  const error = Object.assign(new Error('"x" failed', { cause: new Error('y') }), {
    code: 'ECONNREFUSED',
    port: 1,
  })
  log.error({ err: error }, 'it failed')
  const { err } = JSON.parse(written[0] as string)
  expect(err).toEqual(JSON.parse(JSON.stringify(pino.stdSerializers.err(error))))
})

test('the console shows an error of a query without values too, and the error keeps them', () => {
  printWithoutValues()
  const error = new DrizzleQueryError(`select '${VALUE}'`, [VALUE], misfit)
  const within = inspect(new Error('the page failed', { cause: error }))
  for (const printed of [inspect(error), within]) {
    expect(printed).toMatch(
      /Error: Failed query\n +at .*invalid input syntax for type uuid: …\n +at .*22P02/s,
    )
    expect(printed).not.toContain(VALUE)
  }
  expect(error.params).toEqual([VALUE])
})
