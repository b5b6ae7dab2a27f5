import { describe, expect, it } from '@jest/globals'
import { SignJWT } from 'jose'
import { apiKeyHash, generateApiKey, isApiKey } from '../../src/domain/accounts/api-key-format'
import { readCredential } from '../../src/domain/accounts/credential'
import { derivedKey } from '../../src/domain/accounts/keys'
import { isRefusedKey, rememberRefusedKey } from '../../src/domain/accounts/refused-keys'
import {
  isRefreshToken,
  makeRefreshToken,
  readAccessToken,
  signAccessToken,
  successorOf,
} from '../../src/domain/accounts/tokens'
import { networkOf } from '../../src/platform/kernel/networks'

const SECRET = 'a secret of at least thirty-two characters'
const claims = {
  userId: '0198c5a2-6c1e-7b3a-9d2f-3f1c5e7a9b01',
  sessionId: '0198c5a2-6c1e-7b3a-9d2f-3f1c5e7a9b02',
}
const session = { kind: 'session', ...claims }
const read = (headers: Record<string, string>) => readCredential(new Headers(headers), SECRET)
const bearer = (token: string) => read({ authorization: `Bearer ${token}` })

describe('access tokens', () => {
  it('say who is calling in which session until they end', async () => {
    const now = new Date('2026-01-31T12:00:00Z')
    const token = await signAccessToken(claims, SECRET, 30, now)
    const at = (minutes: number) => readAccessToken(token, SECRET, new Date(now.getTime() + minutes * 60_000))
    expect(await at(29)).toMatchObject(claims)
    // Remembered by now, and ended all the same.
    expect(await at(30)).toBeNull()
    expect(await at(31)).toBeNull()
  })

  it("are refused when signed with any other key, the secret itself (which is Payload's) included", async () => {
    const foreign = [
      new TextEncoder().encode(SECRET),
      derivedKey(SECRET, 'refresh-successor'),
      derivedKey('other', 'access-token'),
    ]
    for (const key of foreign) {
      const token = await new SignJWT({ sid: claims.sessionId })
        .setProtectedHeader({ alg: 'HS256' })
        .setSubject(claims.userId)
        .setExpirationTime('1h')
        .sign(key)
      expect(await bearer(token)).toBeNull()
    }
    const token = await signAccessToken(claims, SECRET, 30)
    expect(await bearer(token)).toEqual(session)
    expect(await readAccessToken(token, 'another secret of thirty-two characters')).toBeNull()
  })

  it('are refused without a signature, with another algorithm, without an end, or changed', async () => {
    const encode = (value: object) => Buffer.from(JSON.stringify(value)).toString('base64url')
    const body = { sub: claims.userId, sid: claims.sessionId, exp: Math.floor(Date.now() / 1_000) + 600 }
    expect(await bearer(`${encode({ alg: 'none' })}.${encode(body)}.`)).toBeNull()
    const key = derivedKey(SECRET, 'access-token')
    const sign = (alg: string, end: boolean) => {
      const token = new SignJWT({ sid: claims.sessionId })
        .setProtectedHeader({ alg })
        .setSubject(claims.userId)
      return (end ? token.setExpirationTime('1h') : token).sign(key)
    }
    expect(await bearer(await sign('HS512', true))).toBeNull()
    expect(await bearer(await sign('HS256', false))).toBeNull()
    const good = await sign('HS256', true)
    const [header, , signature] = good.split('.')
    expect(await bearer(`${header}.${encode({ ...body, sub: claims.sessionId })}.${signature}`)).toBeNull()
  })
})

describe('the credential of a request', () => {
  it('is taken from either header, the scheme in any case', async () => {
    const { key, hash } = generateApiKey()
    const token = await signAccessToken(claims, SECRET, 30)
    expect(await read({ authorization: `bEaReR ${token}` })).toEqual(session)
    expect(await read({ authorization: `Bearer ${key}` })).toEqual({ kind: 'api-key', keyHash: hash })
    expect(await read({ 'x-api-key': key })).toEqual({ kind: 'api-key', keyHash: hash })
  })

  it('is none when there are two, or when it is malformed', async () => {
    const { key } = generateApiKey()
    const token = await signAccessToken(claims, SECRET, 30)
    expect(await read({ 'x-api-key': key, authorization: `Bearer ${token}` })).toBeNull()
    expect(await read({ 'x-api-key': token })).toBeNull()
    const malformed = [
      '',
      'Bearer',
      'Bearer ',
      `Basic ${key}`,
      `JWT ${token}`,
      `Bearer ${token} x`,
      `Bearer ${token}, Bearer ${token}`,
    ]
    for (const authorization of malformed) expect(await read({ authorization })).toBeNull()
    for (const junk of ['a.b.c', 'x'.repeat(100_000), '..', '%00']) expect(await bearer(junk)).toBeNull()
    expect(await read({})).toBeNull()
  })
})

describe('API keys', () => {
  it('carry a checksum that finds a wrong character without a query', () => {
    const { key, prefix, hash } = generateApiKey()
    expect(key).toMatch(/^jhub_[0-9A-Za-z]{36}$/)
    expect(key.startsWith(prefix)).toBe(true)
    expect(prefix).toHaveLength(13)
    expect(hash).toBe(apiKeyHash(key))
    expect(isApiKey(key)).toBe(true)
    for (let place = 5; place < key.length; place += 1) {
      const other = key[place] === 'a' ? 'b' : 'a'
      expect(isApiKey(key.slice(0, place) + other + key.slice(place + 1))).toBe(false)
    }
    for (const wrong of [key.slice(0, -1), `${key}a`, key.toUpperCase(), ` ${key}`, `${key}\n`])
      expect(isApiKey(wrong)).toBe(false)
  })

  it('that were refused are refused again without a query, dead ones for five seconds only', async () => {
    const unknown = generateApiKey()
    const dead = generateApiKey()
    rememberRefusedKey(unknown.hash, false, 0)
    rememberRefusedKey(dead.hash, true, 0)
    expect([isRefusedKey(unknown.hash, 4_999), isRefusedKey(dead.hash, 4_999)]).toEqual([true, true])
    expect([isRefusedKey(unknown.hash, 5_000), isRefusedKey(dead.hash, 5_000)]).toEqual([true, false])
    expect(isRefusedKey(generateApiKey().hash)).toBe(false)
    const flooding = generateApiKey()
    rememberRefusedKey(flooding.hash, false)
    expect(await read({ 'x-api-key': flooding.key })).toBeNull()
  })
})

describe('refresh tokens', () => {
  it('have one successor, which nobody finds without the secret', () => {
    const token = makeRefreshToken()
    const next = successorOf(token, SECRET)
    expect(isRefreshToken(token) && isRefreshToken(next)).toBe(true)
    expect(successorOf(token, SECRET)).toBe(next)
    expect(successorOf(token, 'another secret')).not.toBe(next)
    for (const wrong of ['', 'jhr_', `${token}x`, token.slice(1), `${token}\0`])
      expect(isRefreshToken(wrong)).toBe(false)
  })
})

describe('limits by address', () => {
  it('see one network of IPv6 as one address, and a mapped IPv4 address as what it is', () => {
    expect(networkOf('2001:db8:1:2:3:4:5:6')).toBe(networkOf('2001:db8:1:2::1'))
    expect(networkOf('2001:db8:1:3::1')).not.toBe(networkOf('2001:db8:1:2::1'))
    expect(networkOf('::ffff:192.0.2.7')).toBe('192.0.2.7')
  })
})
