import type { OwnHub, Reply } from '../../tests/support/own-hub'
import { type Finding, Probes, type Row } from '../row'
import { asBrowser } from '../stage/browser'
import { graphql, must, newAccount, newAdmin, newKey, shown } from '../stage/people'

const KEY = 'dashboard-layout'
const BROKEN = { layouts: [null] }

/** An API key writes no preferences, and no preference, however it came about, breaks the panel. */
export const panelPreferences: Row = {
  number: 'A11',
  title: "An admin's API key breaks that admin's panel",
  tried: 'writing preferences with API keys, and opening the panel with broken ones',
  run: async (stage) => {
    const own = await stage.hub('development')
    const probes = new Probes()
    const admin = await newAdmin(own)
    const user = await newAccount(own)
    for (const [who, { id, token }] of Object.entries({ 'an admin': admin, 'a user': user })) {
      const key = await newKey(own, token)
      for (const [what, write] of Object.entries(writes))
        await probes.play(`${what} with the key of ${who}`, () => writesNothing(own, id, token, key, write))
    }
    await probes.play('a session writes its own preferences', async () => {
      const answer = await own.ask('POST', `/api/payload-preferences/mine`, {
        token: user.token,
        body: { value: 1 },
      })
      return { held: answer.status === 200, seen: `${answer.status}` }
    })
    if (!stage.hasPanel) return probes.list
    const panel = await stage.hub('panel')
    for (const value of broken)
      await probes.play(`the dashboard with the preference ${JSON.stringify(value).slice(0, 60)}`, () =>
        opens(panel, KEY, value),
      )
    for (const collection of ['tools', 'users', 'usage-logs'])
      await probes.play(`the list of ${collection} with a broken preference`, async () => {
        const findings = []
        for (const value of [null, 'x', { columns: [null] }, { columns: 'x', limit: 'y', sort: {} }])
          findings.push(
            await opens(panel, `collection-${collection}`, value, `/admin/collections/${collection}`),
          )
        return { held: findings.every(({ held }) => held), seen: findings.map(({ seen }) => seen).join('; ') }
      })
    return probes.list
  },
}

const broken = [
  BROKEN,
  { layouts: [{}] },
  { layouts: 'x' },
  { layouts: { a: null } },
  { layouts: [{ id: 5, data: null }] },
]

type Write = (own: OwnHub, key: string, id: string, kept: string) => Promise<Reply>

const writes: Record<string, Write> = {
  'writing a preference': (own, key) =>
    own.ask('POST', `/api/payload-preferences/${KEY}`, { key, body: { value: BROKEN } }),
  'making one as a document': (own, key, id) =>
    own.ask('POST', '/api/payload-preferences', {
      key,
      body: { key: KEY, value: BROKEN, user: { relationTo: 'users', value: id } },
    }),
  'editing in bulk': (own, key) =>
    own.ask('PATCH', '/api/payload-preferences?where[key][exists]=true', { key, body: { value: BROKEN } }),
  'deleting one': (own, key) => own.ask('DELETE', '/api/payload-preferences/kept', { key }),
  'deleting in bulk': (own, key) =>
    own.ask('DELETE', '/api/payload-preferences?where[key][exists]=true', { key }),
  'changing one through GraphQL': (own, key, _id, kept) =>
    graphql(
      own,
      `mutation { updatePayloadPreference(id: "${kept}", data: { value: { layouts: [null] } }) { id } }`,
      {
        key,
      },
    ),
  'deleting one through GraphQL': (own, key, _id, kept) =>
    graphql(own, `mutation { deletePayloadPreference(id: "${kept}") { id } }`, { key }),
  'making one through GraphQL': (own, key, id) =>
    graphql(
      own,
      `mutation { createPayloadPreference(data: { key: "${KEY}", value: { layouts: [null] }, user: { relationTo: users, value: "${id}" } }) { id } }`,
      { key },
    ),
}

/** One preference is there before; it must be the only one, and unchanged, afterwards. */
async function writesNothing(
  own: OwnHub,
  id: string,
  token: string,
  key: string,
  write: Write,
): Promise<Finding> {
  const made = await own.ask('POST', '/api/payload-preferences/kept', { token, body: { value: 'kept' } })
  const kept = must('a preference', made, 200).body.doc as { id: string }
  const answer = await write(own, key, id, kept.id)
  const { rows } = await own.database.pool.query<{ key: string; value: unknown }>(
    `select p.key, p.value from payload_preferences p join payload_preferences_rels r on r.parent_id = p.id
     where r.users_id = $1`,
    [id],
  )
  await own.database.pool.query(
    'delete from payload_preferences where id in (select parent_id from payload_preferences_rels where users_id = $1)',
    [id],
  )
  const held = rows.length === 1 && rows[0]?.key === 'kept' && rows[0].value === 'kept'
  return { held, seen: `${shown(answer)}; afterwards ${JSON.stringify(rows)}` }
}

/** Written beneath the hub, as an earlier version may have left it. */
async function opens(panel: OwnHub, key: string, value: unknown, path = '/admin'): Promise<Finding> {
  const sql = panel.database.pool
  const { rows } = await sql.query<{ id: string }>(`select id from users where role = 'admin' limit 1`)
  const made = await sql.query<{ id: string }>(
    `insert into payload_preferences (id, key, value) values (gen_random_uuid(), $1, $2) returning id`,
    [key, JSON.stringify(value)],
  )
  await sql.query(
    `insert into payload_preferences_rels (parent_id, path, users_id) values ($1, 'user', $2)`,
    [made.rows[0]?.id, rows[0]?.id],
  )
  try {
    const headers = {
      cookie: `payload-token=${panel.admin}`,
      'sec-fetch-site': 'none',
      'sec-fetch-mode': 'navigate',
    }
    const answer = await asBrowser(panel, 'GET', path, headers)
    const isBroken = answer.status !== 200 || answer.text.includes('__next_error__')
    return { held: !isBroken, seen: `${path} got ${answer.status}` }
  } finally {
    await sql.query('delete from payload_preferences where id = $1', [made.rows[0]?.id])
  }
}
