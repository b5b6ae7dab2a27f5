import { adminToken, askHub } from './hub-process'
import type { Stage } from './stage'

/** One kind of request; `ask` returns the status. */
export type Load = { name: string; ask: (connection: number) => Promise<number> }
export type Content = { token: string; key: string; accounts: string[] }

const PASSWORD = 'Tr1cky-horse!'
const ROWS = 100_000
const ITEMS = 20_000

/** Schemas whose check may take long. */
const SCHEMAS = {
  pattern: { type: 'object', properties: { text: { type: 'string', pattern: '^(a+)+$' } } },
  unique: { type: 'object', properties: { items: { type: 'array', uniqueItems: true } } },
  nested: { type: 'object', properties: { items: { type: 'array', items: nested(5) } } },
}

function nested(depth: number): object {
  if (depth === 0) return { type: 'string' }
  const inner = nested(depth - 1)
  return { anyOf: [{ type: 'array', items: inner }, { oneOf: [inner, { type: 'number' }] }] }
}

const INPUTS = {
  pattern: { text: `${'a'.repeat(40)}!` },
  unique: { items: Array.from({ length: ITEMS }, (_, at) => ({ at })) },
  nested: { items: Array.from({ length: 2_000 }, () => [[[[[true]]]]]) },
}

/** Tools with these schemas, a caller with many rows of usage, and accounts that sign in. */
export async function prepareBounds({ hub, hubPool, tool, keys }: Stage): Promise<Content> {
  const admin = await adminToken(hub)
  for (const [name, input_schema] of Object.entries(SCHEMAS))
    await askHub(hub, 'POST', '/api/v1/admin/tools', {
      token: admin,
      body: {
        name: `Bounds ${name}`,
        slug: `bounds-${name}`,
        description: 'For the benchmark.',
        api_endpoint: `${tool.url}/0`,
        input_schema,
      },
    })
  const accounts = await Promise.all(Array.from({ length: 20 }, (_, at) => register(hub.url, at)))
  const token = await tokenOf(hub.url, accounts[0] as string)
  await hubPool.query(FILL, [accounts[0], ROWS])
  await hubPool.query('analyze')
  return { token, key: keys[0] as string, accounts }
}

/** The heaviest of each kind. */
export function loads({ hub }: Stage, { token, key, accounts }: Content, selfMadeKey: string): Load[] {
  const invoke = (kind: keyof typeof SCHEMAS, name: string, apiKey: string): Load => {
    const body = JSON.stringify({ input: INPUTS[kind] })
    const headers = { 'content-type': 'application/json', 'x-api-key': apiKey }
    return {
      name,
      ask: () => send(`${hub.url}/api/v1/tools/bounds-${kind}/invoke`, { method: 'POST', headers, body }),
    }
  }
  const list = (name: string, query: string): Load => ({
    name,
    ask: () => send(`${hub.url}/api/usage-logs?${query}`, { headers: { authorization: `Bearer ${token}` } }),
  })
  const chat = (name: string, content: unknown): Load => {
    const body = JSON.stringify({ model: 'none', messages: [{ role: 'user', content }] })
    const headers = { 'content-type': 'application/json', authorization: `Bearer ${key}` }
    return { name, ask: () => send(`${hub.url}/v1/chat/completions`, { method: 'POST', headers, body }) }
  }
  const graphql = (name: string, variables: object): Load => {
    const query = 'query ($a: [String!], $b: Int) { Plans(limit: $b) { docs { id } } }'
    const body = JSON.stringify({ query, variables })
    const headers = { 'content-type': 'application/json' }
    return { name, ask: () => send(`${hub.url}/api/graphql`, { method: 'POST', headers, body }) }
  }
  return [
    chat('a text of 8 MB by a caller', 'a word '.repeat(1_150_000)),
    chat(
      '8 MB of lists by a caller',
      Array.from({ length: 2_600_000 }, () => []),
    ),
    chat(
      '140,000 parts by a caller',
      Array.from({ length: 140_000 }, () => ({ type: 'text', text: 'a' })),
    ),
    graphql('1,900 values of GraphQL by nobody', { a: Array.from({ length: 1_900 }, () => 'a value') }),
    graphql('1,900 values that do not fit by nobody', { a: Array.from({ length: 1_900 }, () => 1) }),
    ...(['pattern', 'unique', 'nested'] as const).flatMap((kind) => [
      invoke(kind, `an input for '${kind}' by a made-up key`, selfMadeKey),
      invoke(kind, `an input for '${kind}' by a caller`, key),
    ]),
    list('1,000 rows of usage', 'limit=0&depth=0'),
    list('1,000 rows of usage with their documents', 'limit=100000&depth=2'),
    {
      name: '1,000 rows by GraphQL',
      ask: () =>
        send(`${hub.url}/api/graphql`, {
          method: 'POST',
          headers: { 'content-type': 'application/json', authorization: `Bearer ${token}` },
          body: JSON.stringify({
            query: '{ UsageLogs(limit: 330) { docs { id tokensUsed user { id } tool { id name } } } }',
          }),
        }),
    },
    {
      name: 'sign-ins of one account',
      ask: (at) => signIn(hub.url, accounts[0] as string, PASSWORD, `198.18.0.${at}`),
    },
    {
      name: 'sign-ins of many accounts from many addresses',
      ask: (at) => signIn(hub.url, accounts[at] as string, PASSWORD, `198.18.1.${at}`),
    },
    {
      name: 'wrong passwords from many addresses',
      ask: (at) => signIn(hub.url, accounts[at] as string, 'Wr0ng-horse!', someAddress()),
    },
  ]
}

const someAddress = () =>
  [198, 18, Math.floor(Math.random() * 256), Math.floor(Math.random() * 256)].join('.')

async function send(url: string, init: RequestInit): Promise<number> {
  const answer = await fetch(url, init)
  await answer.arrayBuffer()
  return answer.status
}

function signIn(hubUrl: string, email: string, password: string, address: string): Promise<number> {
  return send(`${hubUrl}/api/v1/auth/login`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', 'x-forwarded-for': address },
    body: JSON.stringify({ email, password }),
  })
}

async function register(hubUrl: string, at: number): Promise<string> {
  const email = `bounds-${at}@example.org`
  const answer = await fetch(`${hubUrl}/api/v1/auth/register`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', 'x-forwarded-for': `198.18.2.${at}` },
    body: JSON.stringify({ name: 'Bounds', email, password: PASSWORD }),
  })
  if (answer.status !== 201) throw new Error(`register answered ${answer.status}: ${await answer.text()}`)
  return email
}

async function tokenOf(hubUrl: string, email: string): Promise<string> {
  const answer = await fetch(`${hubUrl}/api/v1/auth/login`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ email, password: PASSWORD }),
  })
  return ((await answer.json()) as { data: { access_token: string } }).data.access_token
}

/** Settled rows of one user, of the last hour. */
const FILL = `
  insert into usage_logs (id, user_id, tool_id, tool_name, plan_id, period_start, status, tokens_used, request_id,
    created_at, duration_ms, source)
  select overlay(hub_uuid_at(at)::text placing lpad(to_hex(n), 12, '0') from 25)::uuid, u.id, t.id, t.name, p.id,
    now() - interval '1 day', 'success', 10, gen_random_uuid(), at, 5, 'counted'
  from (select n, date_trunc('milliseconds', now() - n * interval '1 hour' / $2) as at
        from generate_series(1, $2::int) n) r,
    users u, (select id, name from tools order by id limit 1) t, (select id from plans order by id limit 1) p
  where u.email = $1`
