import { expect, test } from '@jest/globals'
import pino from 'pino'
import { payloadLog } from '../../src/platform/log/payload-log'

function logged(...line: unknown[]): Record<string, unknown> {
  let text = ''
  const write = (written: string) => {
    text += written
  }
  const log = pino({ base: undefined }, { write })
  ;(payloadLog(log).error as (...line: unknown[]) => void)(...line)
  return JSON.parse(text)
}

const WARNING = 40
const ERROR = 50

test('what Payload writes as a bare error is a warning without stack, address or path', () => {
  const error = new Error('Failed to fetch https://example.org/a.png?t=1 into /var/data/media/a.png')
  const line = logged(error)
  expect(line).toMatchObject({ level: WARNING, failure: 'Error', msg: 'Failed to fetch … into …' })
  expect(line).not.toHaveProperty('err')
})

test.each([
  ['Missing on the disk. Expected path: /var/data/a.png', 'Missing on the disk. Expected path: …'],
  ['Expected path: C:\\data\\a.png', 'Expected path: …'],
  ["File type 'image/png' not allowed", "File type 'image/png' not allowed"],
])('a bare text is a warning: %s', (text, msg) => {
  expect(logged(text)).toMatchObject({ level: WARNING, msg })
})

test('a failure that is logged with its cause stays an error', () => {
  expect(logged({ err: new Error('x') }, 'it failed')).toMatchObject({ level: ERROR, msg: 'it failed' })
})
