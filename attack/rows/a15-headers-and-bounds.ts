import type { OwnHub } from '../../tests/support/own-hub'
import { type Finding, Probes, type Row } from '../row'
import { asBrowser } from '../stage/browser'
import { graphql, newAccount, shown } from '../stage/people'
import { rawRequest, upgradeTo } from '../stage/raw-request'
import { together } from '../stage/timing'

const MOST_PREFERENCES = 500
const MOST_ROWS = 1_000

/** Small things that each opened a door: headers, a method in a header, a bound under load, hints, upgrades. */
export const headersAndBounds: Row = {
  number: 'A15',
  title: 'Headers, hints and upgrades',
  tried: 'caching, scripts, the method override, preferences at once, hints of field names, upgrades',
  run: async (stage) => {
    const own = await stage.hub('development')
    const production = await stage.hub('production')
    const probes = new Probes()
    for (const path of generated) await probes.play(`no-store on ${path}`, () => isNotStored(own, path))
    await probes.play('no-store on GraphQL', async () => {
      const { headers } = await graphql(own, '{ meUser { user { id email } } }', { token: own.admin })
      return noStore(headers)
    })
    for (const [what, probe] of Object.entries(overrides)) await probes.play(what, () => probe(own))
    await probes.play('preferences written at once', () => preferencesAtOnce(own))
    for (const [what, query] of Object.entries(typos))
      await probes.play(`no hint for ${what}`, () => givesNoHint(production, query))
    const hubs = stage.hasPanel
      ? { 'panel off': own, 'panel on': await stage.hub('panel') }
      : { 'panel off': own }
    for (const [what, hub] of Object.entries(hubs)) {
      for (const path of ['/health', '/api/v1/docs', '/api/access', '/mcp', '/v1/models', '/admin'])
        await probes.play(`Upgrade: h2c at ${path}, ${what}`, () => ignoresH2c(hub, path))
      for (const path of ['/health', '/api/graphql', '/admin', '/_next/webpack-hmr', '/anything'])
        await probes.play(`a WebSocket at ${path}, ${what}`, () => refusesWebSocket(hub, path))
    }
    if (!stage.hasPanel) return probes.list
    const panel = await stage.hub('panel')
    for (const path of ['/admin', '/admin/login', '/admin/collections/tools', '/admin/no-such-page'])
      await probes.play(`the panel's policy for scripts at ${path}`, () => hasScriptPolicy(panel, path))
    return probes.list
  },
}

const generated = [
  '/api/users/me',
  '/api/usage-logs',
  '/api/users',
  '/api/access',
  '/api/globals/settings',
  '/api/no-such-path',
]

async function isNotStored(own: OwnHub, path: string): Promise<Finding> {
  return noStore((await own.ask('GET', path, { token: own.admin })).headers)
}

function noStore(headers: Headers): Finding {
  const value = headers.get('cache-control') ?? ''
  return { held: value.includes('no-store'), seen: `Cache-Control: ${value || 'none'}` }
}

/** What a GET may not ask for, a POST that calls itself a GET may not either. */
const overrides: Record<string, (own: OwnHub) => Promise<Finding>> = {
  'a list without a bound by X-Payload-HTTP-Method-Override': async (own) => {
    const { id } = await newAccount(own)
    await own.database.pool.query(
      `insert into users (id, name, email) select gen_random_uuid(), 'O', 'override-' || n || '-${id}@example.org'
       from generate_series(1, 1500) n`,
    )
    const answer = await override(own, 'limit=0&depth=0')
    const rows = Array.isArray(answer.body.docs) ? answer.body.docs.length : 0
    return { held: rows <= MOST_ROWS, seen: `${answer.status}, ${rows} rows` }
  },
  'a path through many relations by X-Payload-HTTP-Method-Override': async (own) => {
    const path = 'avatar.owner.avatar.owner.avatar.owner.name'
    const answer = await override(own, `where[${path}][equals]=x&limit=1`)
    return { held: answer.status >= 400 && answer.status < 500, seen: shown(answer) }
  },
  'many conditions by X-Payload-HTTP-Method-Override': async (own) => {
    const conditions = Array.from({ length: 200 }, (_, at) => `where[or][${at}][name][like]=x${at}`)
    const answer = await override(own, `${conditions.join('&')}&limit=1`)
    return { held: answer.status >= 400 && answer.status < 500, seen: shown(answer) }
  },
  'a sort through many relations by X-Payload-HTTP-Method-Override': async (own) => {
    const answer = await override(own, 'sort=avatar.owner.avatar.owner.avatar.owner.name&limit=1')
    return { held: answer.status >= 400 && answer.status < 500, seen: shown(answer) }
  },
}

async function override(own: OwnHub, form: string) {
  const headers = {
    authorization: `Bearer ${own.admin}`,
    'content-type': 'application/x-www-form-urlencoded',
    'x-payload-http-method-override': 'GET',
  }
  const answer = await fetch(`${own.hub.url}/api/users`, { method: 'POST', headers, body: form })
  const text = await answer.text()
  const body = text.startsWith('{') ? (JSON.parse(text) as Record<string, unknown>) : {}
  return { status: answer.status, headers: answer.headers, text, body }
}

async function preferencesAtOnce(own: OwnHub): Promise<Finding> {
  const { id, token } = await newAccount(own)
  const sql = own.database.pool
  await sql.query(
    `with made as (
       insert into payload_preferences (id, key, value)
       select gen_random_uuid(), 'filler-' || n, '1' from generate_series(1, ${MOST_PREFERENCES - 2}) n returning id
     )
     insert into payload_preferences_rels (parent_id, path, users_id) select id, 'user', $1 from made`,
    [id],
  )
  const answers = await together(30, 30, (at) =>
    own.ask('POST', `/api/payload-preferences/at-once-${at}`, { token, body: { value: at } }),
  )
  const kept = await sql.query('select from payload_preferences_rels where users_id = $1', [id])
  const written = answers.filter(({ status }) => status === 200).length
  const failed = answers.filter(({ status }) => status >= 500).length
  return {
    held: kept.rows.length <= MOST_PREFERENCES && failed === 0 && written > 0,
    seen: `${kept.rows.length} are kept of at most ${MOST_PREFERENCES}; ${written} of 30 were written, ${failed} failed`,
  }
}

const typos: Record<string, string> = {
  'a field': '{ Tools { dcs { id } } }',
  'a field of a type': '{ Tools { docs { endpoin } } }',
  'a query': '{ Tool2 { docs { id } } }',
  'an argument': '{ Tools(limt: 1) { docs { id } } }',
  'a field of an input': '{ Tools(where: { nam: { equals: "x" } }) { docs { id } } }',
  'an enum': '{ Tools(where: { minimumTier: { equals: fre } }) { docs { id } } }',
  'a type': '{ Tools { docs { ... on Tol { id } } } }',
  'a type of a variable': 'query ($x: Tol) { Tools { docs { id } } }',
  'a mutation': 'mutation { loginUsr(email: "a", password: "b") { exp } }',
}

async function givesNoHint(production: OwnHub, query: string): Promise<Finding> {
  const answer = await graphql(production, query, {})
  return { held: !/did you mean/i.test(answer.text), seen: shown(answer) }
}

/** As if it had not been asked for: the same status as without. */
async function ignoresH2c({ hub }: OwnHub, path: string): Promise<Finding> {
  const plain = await rawRequest(hub.url, [
    `GET ${path} HTTP/1.1`,
    'Host: hub.example.org',
    'Connection: close',
  ])
  const asked = await rawRequest(hub.url, upgradeTo('h2c', path))
  const [wanted, got] = [statusOf(plain), statusOf(asked)]
  return { held: got !== 'nothing' && got === wanted, seen: `${got}, and ${wanted} without it` }
}

async function refusesWebSocket({ hub }: OwnHub, path: string): Promise<Finding> {
  const text = await rawRequest(hub.url, upgradeTo('websocket', path))
  const closes = /^connection: close\r$/im.test(text)
  return {
    held: statusOf(text) === '426' && closes,
    seen: `${statusOf(text)}${closes ? ', Connection: close' : ''}`,
  }
}

const statusOf = (text: string) => /^HTTP\/1\.[01] (\d{3})/.exec(text)?.[1] ?? 'nothing'

async function hasScriptPolicy(panel: OwnHub, path: string): Promise<Finding> {
  const headers = {
    cookie: `payload-token=${panel.admin}`,
    'sec-fetch-site': 'none',
    'sec-fetch-mode': 'navigate',
  }
  const answer = await asBrowser(panel, 'GET', path, headers)
  const policy = answer.headers.get('content-security-policy') ?? ''
  const scripts = /script-src ([^;]*)/.exec(policy)?.[1] ?? ''
  const isStrict =
    scripts !== '' && !/'unsafe-inline'(?!.*('nonce-|'sha|'strict-dynamic'))|\*|https?:(?!\/)/.test(scripts)
  return { held: isStrict, seen: `${answer.status}, script-src ${scripts || 'is missing'}` }
}
