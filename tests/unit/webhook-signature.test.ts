import { expect, test } from '@jest/globals'
import { Webhook } from 'standardwebhooks'
import { signedCall } from '../../src/domain/alerts/webhook'
import { expectedSignature, SIGNING_BYTES, SIGNING_SECRET } from '../alerts/setup'

const event = {
  id: 'alert-1',
  type: 'alert.x',
  timestamp: '2026-12-01T00:00:00Z',
  data: { title: 'Grüße 🎈 \ud800' },
}

test('a receiver that uses the library of Standard Webhooks accepts a call, and no changed one', () => {
  const { body, headers } = signedCall(event, SIGNING_BYTES, new Date())
  const receiver = new Webhook(SIGNING_SECRET)
  expect(receiver.verify(body, headers)).toEqual(JSON.parse(body))
  expect(() => receiver.verify(body.replace('alert.x', 'alert.y'), headers)).toThrow('No matching signature')
  expect(() => receiver.verify(body, { ...headers, 'webhook-id': 'alert-2' })).toThrow(
    'No matching signature',
  )
})

test('the headers and the signature are those that receivers compute by hand', () => {
  const { body, headers } = signedCall(event, SIGNING_BYTES, new Date('2026-11-25T12:00:00.999Z'))
  expect(headers).toEqual({
    'content-type': 'application/json',
    'user-agent': 'joyfull-ui-hub',
    'webhook-id': 'alert-1',
    'webhook-timestamp': '1795608000',
    'webhook-signature': expectedSignature({ headers, body }),
  })
})
