import type { OwnHub, Reply } from '../../tests/support/own-hub'
import { type Finding, Probes, type Row } from '../row'
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
      const read = await own.ask('GET', '/api/users/me', { headers })
      const form = {
        ...headers,
        'content-type': 'application/x-www-form-urlencoded',
        origin: 'https://evil.example',
      }
      const changed = await own.ask('POST', '/api/users/logout', { headers: form })
      return {
        held: read.status === 200 && changed.status === 403,
        seen: `the GET got ${read.status}, a POST ${changed.status}`,
      }
    })
    for (const [who, headers] of Object.entries(good))
      await probes.play(`${who} signs in and uses cookies`, async () => {
        const answer = await logins.JSON?.(own, admin, headers)
        const mine = cookiesOf(answer)
        const me = await own.ask('GET', '/api/users/me', { headers: { ...headers, cookie: mine } })
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
    raw(own, '/api/users/login', new URLSearchParams(formOf(who)).toString(), {
      ...headers,
      'content-type': FORM,
    }),
  'a form with parts': (own, who, headers) => {
    const form = new FormData()
    form.set('_payload', JSON.stringify(formOf(who)))
    return raw(own, '/api/users/login', form, headers)
  },
  JSON: (own, who, headers) => own.ask('POST', '/api/users/login', { body: formOf(who), headers }),
  GraphQL: (own, who, headers) => {
    const query = `mutation { loginUser(email: "${who.email}", password: "${who.password}") { exp } }`
    return own.ask('POST', '/api/graphql', { body: { query }, headers })
  },
}

const formOf = ({ email, password }: Account) => ({ email, password })

async function raw(own: OwnHub, path: string, body: string | FormData, headers: Sent): Promise<Reply> {
  const answer = await fetch(`${own.hub.url}${path}`, { method: 'POST', headers, body })
  return { status: answer.status, headers: answer.headers, text: await answer.text(), body: {} }
}

function setsNothing({ status, headers }: Reply): Finding {
  const set = headers.getSetCookie().filter((cookie) => !/=;/.test(cookie))
  return { held: status === 403 && set.length === 0, seen: `${status}, ${set.length} cookies set` }
}

/** Reading, changing, renewing and signing out, by an admin's cookies. */
async function usesNothing(own: OwnHub, cookie: string, headers: Sent): Promise<Finding> {
  if (cookie === '') throw new Error('there are no cookies to begin with')
  const me = await own.ask('GET', '/api/users/me', { headers })
  const renewed = await own.ask('POST', '/api/users/refresh-token', { headers, body: {} })
  const listed = await own.ask('GET', '/api/api-keys', { headers })
  const made = await own.ask('POST', '/api/plans', { headers, body: { name: 'x' } })
  const asked = await own.ask('POST', '/api/graphql', {
    headers,
    body: { query: '{ meUser { user { id } } }' },
  })
  const out = await own.ask('POST', '/api/users/logout', { headers, body: {} })
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
