import { describe, expect, test } from '@jest/globals'
import { checkHeader, checkHeaders } from '../../src/tools/headers'
import { decryptSecret, encryptSecret, SecretUnreadable } from '../../src/tools/seal'

const SECRET = 'one secret of the hub, long enough to be one'
const value = 'Bearer sk-planted-äöü'
const sealed = () => encryptSecret('tool-1', 'Authorization', value, SECRET)

describe('a sealed secret', () => {
  test('opens for its tool and header, whatever the case of its name', () => {
    expect(decryptSecret('tool-1', sealed(), SECRET)).toBe(value)
    expect(decryptSecret('tool-1', { ...sealed(), name: 'authorization' }, SECRET)).toBe(value)
  })

  test('holds neither the value nor twice the same bytes', () => {
    const [one, two] = [sealed(), sealed()]
    expect(one.ciphertext.toString('latin1')).not.toContain('planted')
    expect(one.ciphertext.equals(two.ciphertext)).toBe(false)
    expect(one.keyId).toBe(two.keyId)
  })

  test('opens for no other tool, name or secret, and not when a byte of it was changed', () => {
    const one = sealed()
    const flipped = (bytes: Buffer) => Buffer.from(bytes.map((byte, at) => (at === 0 ? byte ^ 1 : byte)))
    const attempts = [
      () => decryptSecret('tool-2', one, SECRET),
      () => decryptSecret('tool-1', { ...one, name: 'X-Other' }, SECRET),
      () => decryptSecret('tool-1', one, 'another secret of the hub'),
      () => decryptSecret('tool-1', { ...one, ciphertext: flipped(one.ciphertext) }, SECRET),
      () => decryptSecret('tool-1', { ...one, nonce: flipped(one.nonce) }, SECRET),
      () => decryptSecret('tool-1', { ...one, ciphertext: one.ciphertext.subarray(0, -1) }, SECRET),
      () => decryptSecret('tool-1', { ...one, ciphertext: Buffer.alloc(0) }, SECRET),
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
