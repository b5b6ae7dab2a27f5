import type { OwnHub, Reply } from '../../tests/support/own-hub'
import { type Finding, Probes, type Row } from '../row'
import { type Account, newAccount, newAddress, shown, unique } from '../stage/people'

const ROWS = 2_500
/** The most rows that one request from outside may get. */
const MOST = 1_000

/** One request from outside gets at most 1,000 rows, however they are asked for. */
export const unboundedLists: Row = {
  number: 'A4',
  title: 'Lists without an upper bound',
  tried: 'asking for all rows by limit, pagination, aliases, variables, fragments and nested lists',
  run: async (stage) => {
    const own = await stage.hub('development')
    const probes = new Probes()
    const person = await newAccount(own)
    await fill(own, person)
    for (const query of [
      'limit=0',
      'limit=100000',
      'pagination=false',
      'limit=2500',
      'limit=0&pagination=false',
    ])
      await probes.play(`REST, ${query}`, () =>
        saysTheMaximum(own, `/api/usage-logs?depth=0&${query}`, person.token),
      )
    for (const query of [
      'limit=-1',
      'limit=1e9',
      'limit=%200',
      'limit[]=0',
      'limit=99999999999999999999',
      'pagination=0&limit=2400',
    ])
      await probes.play(`REST, ${query}`, () =>
        restBounded(own, `/api/usage-logs?depth=0&${query}`, person.token),
      )
    for (const path of [
      '/api/users?limit=0',
      '/api/users?pagination=false',
      '/api/audit-logs?limit=0',
      '/api/users?limit=0&depth=5',
    ])
      await probes.play(`REST by an admin, ${path}`, () => restBounded(own, path, own.admin))
    for (const [what, query, variables] of documents(person))
      await probes.play(`GraphQL, ${what}`, () => documentBounded(own, person.token, query, variables))
    await probes.play('GraphQL by an admin, users with their lists', () =>
      documentBounded(
        own,
        own.admin,
        '{ Users(limit: 0) { docs { id } } AuditLogs(limit: 0) { docs { id } } }',
        {},
      ),
    )
    await probes.play('a list within the bound is whole', async () => {
      const answer = await own.ask('GET', '/api/usage-logs?limit=1000&depth=0', { token: person.token })
      return { held: rowsOf(answer) === MOST, seen: `limit=1000 gives ${rowsOf(answer)} rows` }
    })
    await probes.play('the streamed export is whole', async () => {
      const path = `/api/usage-logs/export?where[user][equals]=${person.id}`
      const answer = await own.ask('GET', path, { token: own.admin })
      const lines = answer.text.trim().split('\n').length - 1
      return { held: lines === ROWS, seen: `${answer.status} with ${lines} rows` }
    })
    await probes.play('requests of one user without an end', () => areLimited(own, person))
    return probes.list
  },
}

type Variables = Record<string, unknown>

function documents({ id }: Account): [what: string, query: string, variables: Variables][] {
  const alias = (limit: string, count = 20) =>
    Array.from({ length: count }, (_, at) => `a${at}: UsageLogs(${limit}) { docs { id } }`).join(' ')
  return [
    ['limit: 0', '{ UsageLogs(limit: 0) { docs { id } } }', {}],
    ['limit: 100000', '{ UsageLogs(limit: 100000) { docs { id } } }', {}],
    ['pagination: false', '{ UsageLogs(pagination: false) { docs { id } } }', {}],
    ['twenty aliases of limit: 0', `{ ${alias('limit: 0')} }`, {}],
    ['twenty aliases of limit: 100', `{ ${alias('limit: 100')} }`, {}],
    ['two aliases of limit: 600', `{ ${alias('limit: 600', 2)} }`, {}],
    ['a limit in a variable', 'query ($l: Int) { UsageLogs(limit: $l) { docs { id } } }', { l: 2_500 }],
    [
      'a limit in a variable that is not sent',
      'query ($l: Int = 2500) { UsageLogs(limit: $l) { docs { id } } }',
      {},
    ],
    [
      'pagination in a variable',
      'query ($p: Boolean) { UsageLogs(pagination: $p) { docs { id } } }',
      { p: false },
    ],
    ['aliases in a fragment', `query { ...F } fragment F on Query { ${alias('limit: 300', 10)} }`, {}],
    [
      'aliases in inline fragments',
      `{ ... on Query { ${alias('limit: 600', 1)} } ... @include(if: true) { b: UsageLogs(limit: 600) { docs { id } } } }`,
      {},
    ],
    ['lists with a filter', `{ ${alias(`limit: 0, where: { user: { equals: "${id}" } }`, 4)} }`, {}],
  ]
}

/** As many rows as the bound says, and the answer tells that there are more. */
async function saysTheMaximum(own: OwnHub, path: string, token: string): Promise<Finding> {
  const answer = await own.ask('GET', path, { token })
  const { limit, hasNextPage, totalDocs } = answer.body
  const rows = rowsOf(answer)
  const seen = `${answer.status}, ${rows} rows, limit ${limit}, hasNextPage ${hasNextPage}, totalDocs ${totalDocs}`
  const isSaid = rows === MOST && limit === MOST && hasNextPage === true
  return { held: isSaid || answer.status === 400, seen }
}

async function restBounded(own: OwnHub, path: string, token: string): Promise<Finding> {
  const answer = await own.ask('GET', path, { token })
  return {
    held: answer.status < 500 && rowsOf(answer) <= MOST,
    seen: `${answer.status}, ${rowsOf(answer)} rows`,
  }
}

/** Refused with 400, or whole and within the bound: never shortened without a word. */
async function documentBounded(
  own: OwnHub,
  token: string,
  query: string,
  variables: Variables,
): Promise<Finding> {
  const answer = await own.ask('POST', '/api/graphql', { token, body: { query, variables } })
  const rows = rowsOf(answer)
  const seen = `${answer.status === 200 ? 200 : shown(answer)}, ${rows} rows`
  return {
    held: answer.status === 400 || (answer.status === 200 && rows > 0 && rows <= MOST && !isShortened(query)),
    seen,
  }
}

/** What names more than the bound in so many words may not be answered with less. */
const isShortened = (query: string) => /limit: (100000|600|300|100)\b/.test(query)

/** How many documents a response carries, wherever they are in it. */
function rowsOf({ body, text }: Reply): number {
  if (Array.isArray(body.docs)) return body.docs.length
  return text.match(/"id":/g)?.length ?? 0
}

async function areLimited(own: OwnHub, { token }: Account): Promise<Finding> {
  const headers = { 'x-forwarded-for': newAddress() }
  let [limited, sent] = [0, 0]
  const line = async () => {
    while (limited === 0 && sent < 1_500) {
      sent += 1
      const { status } = await own.ask('GET', '/api/plans?limit=1&depth=0&select[name]=true', {
        token,
        headers,
      })
      if (status === 429) limited += 1
    }
  }
  await Promise.all(Array.from({ length: 10 }, line))
  return {
    held: limited > 0,
    seen: limited > 0 ? `429 after ${sent} requests` : `no 429 in ${sent} requests`,
  }
}

/** Calls of one person, users and audit entries, more than twice as many as the bound. */
async function fill(own: OwnHub, { id }: Account): Promise<void> {
  const sql = own.database.pool
  const uuid = (kind: string) =>
    `(lpad(to_hex((extract(epoch from now()) * 1000)::bigint - n), 12, '0') || '7000${kind}' || lpad(to_hex(n), 15, '0'))::uuid`
  await sql.query(
    `insert into usage_logs (id, user_id, tool_id, plan_id, tool_name, status, tokens_used, tokens_held, source, duration_ms, request_id,
       period_start, created_at, settled_at, updated_at)
     select ${uuid('8')}, $1, (select id from tools limit 1), (select id from plans limit 1), 'filler', 'success', 0, 0,
       'fixed', 1, gen_random_uuid(), date_trunc('month', now()), now(), now(), now()
     from generate_series(1, ${ROWS}) n`,
    [id],
  )
  await sql.query(
    `insert into users (id, name, email) select ${uuid('9')}, 'Filler', '${unique('filler')}-' || n || '@example.org'
     from generate_series(1, ${ROWS}) n`,
  )
  await sql.query(
    `insert into audit_logs (id, at, action, via, subject, subject_id)
     select ${uuid('a')}, now(), 'update', 'system', 'users', $1 from generate_series(1, ${ROWS}) n`,
    [id],
  )
}
