/** Protects secrets against being opened for another tool, name or address than the one that they were stored for. */
import { describe, expect, test } from '@jest/globals'
import { checkHeader, checkHeaders } from '../../src/platform/outbound/headers'
import { decryptSecret, encryptSecret, SecretUnreadable } from '../../src/platform/outbound/seal'

const SECRET = 'one secret of the hub, long enough to be one'
const value = 'Bearer sk-planted-äöü'
const ORIGIN = 'https://api.example.com'
const sealed = () => encryptSecret('tool-1', 'Authorization', value, SECRET, ORIGIN)

describe('a sealed secret', () => {
  test('opens for its tool, header and destination, whatever the case of its name', () => {
    expect(decryptSecret('tool-1', sealed(), SECRET, ORIGIN)).toBe(value)
    expect(decryptSecret('tool-1', { ...sealed(), name: 'authorization' }, SECRET, ORIGIN)).toBe(value)
    const nowhere = encryptSecret('tool-1', 'X-Key', value, SECRET, null)
    expect(decryptSecret('tool-1', nowhere, SECRET, null)).toBe(value)
  })

  test('holds neither the value nor twice the same bytes', () => {
    const [one, two] = [sealed().sealed ?? '', sealed().sealed ?? '']
    expect(Buffer.from(one.split('.')[3] ?? '', 'base64').toString('latin1')).not.toContain('planted')
    expect(one.split('.')[3]).not.toBe(two.split('.')[3])
    expect(one.split('.').slice(0, 2)).toEqual(two.split('.').slice(0, 2))
  })

  test('opens for no other tool, name, destination or secret, and not when a byte of it was changed', () => {
    const one = sealed()
    const [format, key, nonce, body] = (one.sealed ?? '').split('.') as [string, string, string, string]
    const flipped = (text: string) => {
      const bytes = Buffer.from(text, 'base64')
      bytes[0] = (bytes[0] ?? 0) ^ 1
      return bytes.toString('base64')
    }
    const read = (parts: string[]) => () =>
      decryptSecret('tool-1', { ...one, sealed: parts.join('.') }, SECRET, ORIGIN)
    const moved = [
      'https://other.example.com',
      'http://api.example.com',
      'https://api.example.com:8443',
      null,
    ]
    const attempts = [
      () => decryptSecret('tool-2', one, SECRET, ORIGIN),
      () => decryptSecret('tool-1', { ...one, name: 'X-Other' }, SECRET, ORIGIN),
      () => decryptSecret('tool-1', one, 'another secret of the hub', ORIGIN),
      ...moved.map((origin) => () => decryptSecret('tool-1', one, SECRET, origin)),
      () => decryptSecret('tool-1', { ...one, sealed: null }, SECRET, ORIGIN),
      read(['v1', key, nonce, body]),
      read([format, key, nonce, flipped(body)]),
      read([format, key, flipped(nonce), body]),
      read([format, key, nonce, '']),
      read([format, key, nonce]),
      read(['']),
    ]
    for (const attempt of attempts) expect(attempt).toThrow(SecretUnreadable)
  })
})

describe('a header that an admin may set', () => {
  test.each([
    ['Authorization', 'Bearer x'],
    ['x-api-key', 'a b\tc'],
    ['Accept', 'application/json'],
  ])('%s', (name, text) => expect(checkHeader(name, text)).toBeNull())
  test.each([
    ['X-Key', 'a\r\nX-Other: b'],
    ['X-Key', 'a\nb'],
    ['X-Key', 'a\u0000b'],
    ['X-Key', 'ä'],
    ['X-Key', ''],
    ['X-Key', ' a'],
    ['X-Key', 'a'.repeat(10_000)],
    ['X Key', 'a'],
    ['X-Key:', 'a'],
    ['X-Key\r\nY', 'a'],
    ['', 'a'],
    ['Host', 'a'],
    ['content-length', '1'],
    ['Transfer-Encoding', 'chunked'],
    ['Connection', 'close'],
    ['Proxy-Authorization', 'a'],
    ['Content-Type', 'text/plain'],
    ['X-Request-ID', 'a'],
    ['Expect', '100-continue'],
  ])('not %j: %j', (name, text) => expect(checkHeader(name, text)).toEqual(expect.any(String)))

  test('every fault is named, and no value is repeated', () => {
    const faults = checkHeaders({
      Host: 'planted',
      'X-A': 'planted\n',
      'x-b': 1,
      'X-C': 'ok',
      'x-c': 'ok',
      'X-D': null,
    })
    expect(faults).toHaveLength(4)
    expect(faults.join()).not.toContain('planted')
    expect(checkHeaders([])).toHaveLength(1)
    expect(checkHeaders({ 'X-D': null }, false)).toHaveLength(1)
  })
})
