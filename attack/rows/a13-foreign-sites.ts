import type { OwnHub, Reply } from '../../tests/support/own-hub'
import { type Finding, Probes, type Row } from '../row'
import { asBrowser } from '../stage/browser'
import { type Account, newAccount, newAdmin } from '../stage/people'
import { HUB_ADDRESS } from '../stage/stage'

type Sent = Record<string, string>

/** A page of another site neither sets the hub's cookies nor uses them. */
export const foreignSites: Row = {
  number: 'A13',
  title: 'Sign-in from another site sets cookies',
  tried: 'requests as browsers send them from other sites, with and without cookies',
  run: async (stage) => {
    const own = await stage.hub('https')
    const probes = new Probes()
    const [person, admin] = [await newAccount(own), await newAdmin(own)]
    for (const [site, headers] of Object.entries(sites))
      for (const [how, login] of Object.entries(logins))
        await probes.play(`signing in from ${site}, by ${how}`, async () =>
          setsNothing(await login(own, person, headers)),
        )
    const signedIn = await logins.JSON?.(own, admin, {
      origin: HUB_ADDRESS,
      'sec-fetch-site': 'same-origin',
    })
    const cookie = cookiesOf(signedIn)
    for (const [site, headers] of Object.entries(sites))
      await probes.play(`using cookies from ${site}`, () => usesNothing(own, cookie, { ...headers, cookie }))
    await probes.play('a page that another site opens reads with cookies and changes nothing', async () => {
      const headers = {
        cookie,
        'sec-fetch-site': 'cross-site',
        'sec-fetch-mode': 'navigate',
        'sec-fetch-dest': 'document',
      }
      const read = await asBrowser(own, 'GET', '/api/users/me', headers)
      const origin = 'https://evil.example'
      const changed = await send(own, '/api/users/logout', { ...headers, origin }, FORM, 'a=b')
      const isRead = read.text.includes(admin.email)
      return {
        held: isRead && changed.status === 403,
        seen: `the GET got ${read.status}${isRead ? '' : ' as nobody'}, a POST ${changed.status}`,
      }
    })
    for (const [who, headers] of Object.entries(good))
      await probes.play(`${who} signs in and uses cookies`, async () => {
        const answer = await logins.JSON?.(own, admin, headers)
        const mine = cookiesOf(answer)
        const me = await asBrowser(own, 'GET', '/api/users/me', { ...headers, cookie: mine })
        const isKnown = me.text.includes(admin.email)
        return {
          held: mine !== '' && isKnown,
          seen: `${answer?.status}, then ${me.status}${isKnown ? '' : ' as nobody'}`,
        }
      })
    return probes.list
  },
}

const FORM = 'application/x-www-form-urlencoded'

const sites: Record<string, Sent> = {
  'another site': { origin: 'https://evil.example', 'sec-fetch-site': 'cross-site' },
  'another site, in a browser without Sec-Fetch-Site': { origin: 'https://evil.example' },
  'another site, without Origin': { 'sec-fetch-site': 'cross-site', 'sec-fetch-mode': 'no-cors' },
  'a neighbouring subdomain': { origin: 'https://other.example.org', 'sec-fetch-site': 'same-site' },
  'a neighbouring subdomain, without Origin': { 'sec-fetch-site': 'same-site' },
  'a page without an origin': { origin: 'null', 'sec-fetch-site': 'cross-site' },
  'the same name over http': { origin: 'http://hub.example.org' },
  'a name that begins alike': { origin: 'https://hub.example.org.evil.example' },
}

const good: Record<string, Sent> = {
  "the hub's own page": { origin: HUB_ADDRESS, 'sec-fetch-site': 'same-origin' },
  'a program': {},
}

const logins: Record<string, (own: OwnHub, who: Account, headers: Sent) => Promise<Reply>> = {
  'a form': (own, who, headers) =>
    send(own, LOGIN, headers, FORM, new URLSearchParams(formOf(who)).toString()),
  'a form with parts': (own, who, headers) => {
    const part = 'Content-Disposition: form-data; name="_payload"'
    const boundary = '----FormBoundaryOfTheAttack0123456789'
    const body = `--${boundary}\r\n${part}\r\n\r\n${JSON.stringify(formOf(who))}\r\n--${boundary}--\r\n`
    return send(own, LOGIN, headers, `multipart/form-data; boundary=${boundary}`, body)
  },
  JSON: (own, who, headers) => sendJson(own, LOGIN, headers, formOf(who)),
  GraphQL: (own, who, headers) =>
    sendJson(own, '/api/graphql', headers, {
      query: `mutation { loginUser(email: "${who.email}", password: "${who.password}") { exp token } }`,
    }),
}

const LOGIN = '/api/users/login'
const formOf = ({ email, password }: Account) => ({ email, password })

const send = (own: OwnHub, path: string, headers: Sent, type: string, body: string) =>
  asBrowser(own, 'POST', path, { ...headers, 'content-type': type }, body)

const sendJson = (own: OwnHub, path: string, headers: Sent, body: object) =>
  send(own, path, headers, 'application/json', JSON.stringify(body))

/** Refused, in a response's status or in a GraphQL error, without a cookie or a token. */
function setsNothing({ status, headers, text }: Reply): Finding {
  const set = headers.getSetCookie().filter((cookie) => !/=;/.test(cookie))
  const isRefused = status === 403 || (status === 200 && text.includes('FORBIDDEN'))
  return {
    held: isRefused && set.length === 0 && !text.includes('eyJ'),
    seen: `${status}${isRefused ? ', refused' : ''}, ${set.length} cookies set`,
  }
}

/** Reading, changing, renewing and signing out, by an admin's cookies. */
async function usesNothing(own: OwnHub, cookie: string, headers: Sent): Promise<Finding> {
  if (cookie === '') throw new Error('there are no cookies to begin with')
  const me = await asBrowser(own, 'GET', '/api/users/me', headers)
  const renewed = await sendJson(own, '/api/users/refresh-token', headers, {})
  const listed = await asBrowser(own, 'GET', '/api/api-keys', headers)
  const made = await sendJson(own, '/api/plans', headers, { name: 'x' })
  const asked = await sendJson(own, '/api/graphql', headers, { query: '{ meUser { user { id } } }' })
  const out = await sendJson(own, '/api/users/logout', headers, {})
  const found: [string, boolean][] = [
    ['read the account', /"email":/.test(me.text)],
    ['renewed the session', renewed.status === 200 || renewed.headers.getSetCookie().length > 0],
    ['listed', listed.status === 200],
    ['wrote', made.status < 400 || made.status === 400],
    ['read through GraphQL', /"meUser":\{"user":\{"id"/.test(asked.text)],
    ['signed out', out.status === 200],
  ]
  const done = found.filter(([, isDone]) => isDone).map(([what]) => what)
  return {
    held: done.length === 0,
    seen: done.length > 0 ? `it ${done.join(', ')}` : 'nothing was read or changed',
  }
}

const cookiesOf = (answer: Reply | undefined) =>
  (answer?.headers.getSetCookie() ?? []).map((cookie) => cookie.split(';')[0]).join('; ')
