// Guards against a neighbouring host that plants a cookie: over https the names say that the hub itself set them.
import { afterAll, beforeAll, expect, test } from '@jest/globals'
import { readsOldNames } from '../../src/domain/accounts/payload/old-cookies'
import { setPerProcess } from '../../src/platform/kernel/process'
import { startTestHub } from '../support/hub'
import { type OwnHub, ownHub } from '../support/own-hub'

const HUB = 'https://hub.example'
const DAYS = 7

let own: OwnHub

beforeAll(async () => {
  own = await ownHub({ HUB_URL: HUB, REFRESH_TOKEN_DAYS: String(DAYS) })
})
afterAll(async () => {
  setPerProcess('runtime', undefined)
  setPerProcess('accounts.cookie-names-since', undefined)
  await own?.close()
})

const login = () => own.ask('POST', '/api/users/login', { body: own.hub.admin, headers: { origin: HUB } })
const pairs = (headers: Headers) => headers.getSetCookie().map((line) => line.split(';')[0] ?? '')
const isSignedIn = async (cookie: string) => {
  const me = await own.ask('GET', '/api/users/me', { headers: { cookie, origin: HUB } })
  return Boolean((me.body as { user: unknown }).user)
}

test('both cookies are bound to this host and to https; each works by its new name', async () => {
  const { headers } = await login()
  const [access = '', refresh = ''] = headers.getSetCookie()
  expect(access).toMatch(
    /^__Host-payload-token=eyJ[^;]+; Path=\/; HttpOnly; SameSite=Lax; Max-Age=\d+; Secure$/,
  )
  expect(refresh).toMatch(/^__Secure-payload-refresh=jhr_[^;]+; Path=\/api; HttpOnly; .*; Secure$/)
  const [cookie = '', renewal = ''] = pairs(headers)
  expect(await isSignedIn(cookie)).toBe(true)
  const renewed = await own.ask('POST', '/api/users/refresh-token', {
    headers: { cookie: renewal, origin: HUB },
  })
  expect([renewed.status, pairs(renewed.headers)[0]?.split('=')[0]]).toEqual([200, '__Host-payload-token'])
  const out = await own.ask('POST', '/api/users/logout', { headers: { cookie, origin: HUB } })
  expect(pairs(out.headers)).toEqual([
    '__Host-payload-token=',
    '__Secure-payload-refresh=',
    'payload-token=',
    'payload-refresh=',
  ])
})

test('on a hub that had no sessions before, the old names open nothing', async () => {
  const [cookie = '', renewal = ''] = pairs((await login()).headers)
  expect(await isSignedIn(cookie.replace('__Host-', ''))).toBe(false)
  const headers = { cookie: renewal.replace('__Secure-', ''), origin: HUB }
  expect((await own.ask('POST', '/api/users/refresh-token', { headers })).status).toBe(401)
})

test('after an upgrade the old names are read, and renewed under the new ones', async () => {
  const [cookie = '', renewal = ''] = pairs((await login()).headers).map((pair) =>
    pair.replace(/^__\w+-/, ''),
  )
  await own.database.pool.query('delete from hub_moments')
  const upgraded = await startTestHub(own.database.url, { HUB_URL: HUB })
  try {
    const headers = { cookie: `${cookie}; ${renewal}`, origin: HUB }
    const me = await fetch(`${upgraded.url}/api/users/me`, { headers })
    expect(await me.json()).toMatchObject({ user: { email: own.hub.admin.email } })
    const renewed = await fetch(`${upgraded.url}/api/users/refresh-token`, { method: 'POST', headers })
    expect(renewed.status).toBe(200)
    const cleared = pairs(renewed.headers).filter((pair) => pair.endsWith('='))
    expect(cleared).toEqual(['payload-token=', 'payload-refresh='])
  } finally {
    await upgraded.stop()
  }
})

test('for the life of one refresh token, and no longer', async () => {
  const { pool } = own.database
  setPerProcess('runtime', { pool, config: { hubUrl: HUB, refreshTokenDays: DAYS } })
  for (const [age, isRead] of [
    ['6 days 23 hours', true],
    ['7 days', false],
  ] as const) {
    await pool.query('update hub_moments set at = now() - $1::interval', [age])
    setPerProcess('accounts.cookie-names-since', undefined)
    expect(await readsOldNames()).toBe(isRead)
  }
})
