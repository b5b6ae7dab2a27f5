// The kind: somebody who is not an admin of the hub passes for one, or a customer for somebody else.
import { expect, test } from '@jest/globals'
import type { PayloadRequest } from 'payload'
import { isAdminRequest, isCustomer } from '../../src/platform/payload/access'

type User = PayloadRequest['user']

test.each([
  ['nobody', null, { admin: false, customer: false }],
  ['a user', { collection: 'users', role: 'user', via: 'session' }, { admin: false, customer: true }],
  ['an admin', { collection: 'users', role: 'admin', via: 'session' }, { admin: true, customer: false }],
  [
    "an admin's key",
    { collection: 'users', role: 'admin', via: 'api-key' },
    { admin: false, customer: true },
  ],
  // As host code passes a document of the collection to the Local API.
  ["an admin's document", { collection: 'users', role: 'admin' }, { admin: false, customer: true }],
  ['staff of a host', { collection: 'staff' }, { admin: false, customer: false }],
  [
    'staff with the same fields',
    { collection: 'staff', role: 'admin', via: 'session' },
    { admin: false, customer: false },
  ],
])('%s', (_, user, expected) => {
  const found = user as unknown as User
  const req = { user: found } as PayloadRequest
  expect({ admin: isAdminRequest(req), customer: isCustomer(found) }).toEqual(expected)
})
