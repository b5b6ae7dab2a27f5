import type { OwnHub, Reply } from '../../tests/support/own-hub'
import { type Finding, Probes, type Row } from '../row'
import { selfMadeKey } from '../stage/keys'
import { type Caller, must, newAddress, newCaller, newTool, type Tool } from '../stage/people'
import { healthDuring, ms, shortest, together, worst } from '../stage/timing'

/** Nobody without a credential makes the hub check, count or parse more than it does for any refused request. */
export const runawayInputs: Row = {
  number: 'A3',
  title: 'Anonymous callers stop the process',
  tried: 'inputs whose check runs away, sent with self-made keys and by real callers',
  run: async (stage) => {
    const own = await stage.hub('development')
    const probes = new Probes()
    const caller = await newCaller(own, 1_000_000_000)
    const tools = new Map<string, Tool>()
    for (const [what, { schema }] of Object.entries(inputs))
      tools.set(what, await newTool(own, `${stage.upstream.url}/home`, { input_schema: schema }))
    const plain = await newTool(own, `${stage.upstream.url}/home`)
    for (const [what, { input }] of Object.entries(inputs))
      await probes.play(`${what}, with a self-made key`, () =>
        costsNoMore(own, tools.get(what) as Tool, plain, input),
      )
    const runaway = inputs['a pattern that backtracks'] as Evil
    const pattern = tools.get('a pattern that backtracks') as Tool
    for (const [what, ask] of Object.entries(interfaces))
      await probes.play(`a pattern that backtracks, with a self-made key, through ${what}`, async () => {
        const evil = await shortest(4, () => ask(own, pattern, selfMadeKey(), runaway.input))
        const idle = await shortest(4, () => ask(own, plain, selfMadeKey(), { text: 'x' }))
        return { held: evil < 3 * idle + 40, seen: `${ms(evil)}, beside ${ms(idle)} for a plain input` }
      })
    await probes.play('ten connections with self-made keys', () =>
      healthHolds(own, () => together(10, 30, () => invokeWith(own, pattern, selfMadeKey(), runaway.input))),
    )
    for (const [what, { input }] of Object.entries(inputs).filter(([, { byCallers }]) => byCallers))
      await probes.play(`${what}, by a caller over ten connections`, () =>
        healthHolds(own, () =>
          together(10, 20, () => invokeWith(own, tools.get(what) as Tool, caller.key, input)),
        ),
      )
    await probes.play('refused inputs of one caller without an end', () =>
      areLimited(own, stage.upstream.url),
    )
    return probes.list
  },
}

type Evil = { schema: object; input: object; byCallers?: boolean }

const objects = (count: number) => Array.from({ length: count }, (_, at) => ({ n: at }))
const text = (rules: object) => ({ type: 'object', properties: { text: rules } })
const many = { anyOf: Array.from({ length: 10 }, (_, at) => ({ anyOf: numbers(at * 10 + 1) })) }
function numbers(from: number) {
  return Array.from({ length: 10 }, (_, at) => ({ const: from + at }))
}

const inputs: Record<string, Evil> = {
  'a pattern that backtracks': {
    schema: text({ type: 'string', pattern: '^(a+)+$' }),
    input: { text: `${'a'.repeat(40)}!` },
    byCallers: true,
  },
  'a pattern with a look-around': {
    schema: text({ type: 'string', pattern: '^(?=(a+)+$)a' }),
    input: { text: `${'a'.repeat(40)}!` },
    byCallers: true,
  },
  'a pattern with a back-reference': {
    schema: text({ type: 'string', pattern: '^(a+)+\\1$' }),
    input: { text: `${'a'.repeat(40)}!` },
    byCallers: true,
  },
  'a pattern of property names': {
    schema: { type: 'object', patternProperties: { '^(b+)+$': { type: 'string' } } },
    input: { [`${'b'.repeat(40)}!`]: 'x' },
  },
  'uniqueItems on many objects': {
    schema: text({ type: 'array', uniqueItems: true }),
    input: { text: objects(5_000) },
  },
  'nested anyOf': {
    schema: text({ type: 'array', items: many }),
    input: { text: new Array(2_500).fill(0) },
  },
  'nested oneOf': {
    schema: text({ type: 'array', items: { oneOf: [{ oneOf: many.anyOf }, { oneOf: many.anyOf }] } }),
    input: { text: new Array(1_000).fill(0) },
  },
  'a reference to itself': {
    schema: {
      $defs: { n: { anyOf: [{ $ref: '#/$defs/m' }, { $ref: '#/$defs/m' }] }, m: tree() },
      ...text({ $ref: '#/$defs/n' }),
    },
    input: { text: deep(28) },
  },
}

function tree() {
  return { type: 'object', properties: { next: { $ref: '#/$defs/n' }, end: { const: 0 } } }
}

function deep(levels: number): object {
  return levels === 0 ? { end: 1 } : { next: deep(levels - 1) }
}

type Asking = (own: OwnHub, tool: Tool, key: string, input: object) => Promise<Reply>

/** From an address of its own, so that only the work itself is compared. */
const invokeWith: Asking = (own, tool, key, input) =>
  own.ask('POST', `/api/v1/tools/${tool.slug}/invoke`, { key, body: { input }, headers: from() })

const from = () => ({ 'x-forwarded-for': newAddress() })

const interfaces: Record<string, Asking> = {
  'a stream': (own, tool, key, input) =>
    own.ask('POST', `/api/v1/tools/${tool.slug}/invoke`, {
      key,
      body: { input },
      headers: { ...from(), accept: 'text/event-stream' },
    }),
  GraphQL: (own, tool, key, input) =>
    own.ask('POST', '/api/graphql', {
      key,
      body: {
        query: `mutation ($input: JSON!) { invokeTool(tool: "${tool.slug}", input: $input) { output } }`,
        variables: { input },
      },
      headers: from(),
    }),
  MCP: (own, tool, key, input) =>
    own.ask('POST', '/mcp', {
      body: { jsonrpc: '2.0', id: 1, method: 'tools/call', params: { name: tool.slug, arguments: input } },
      headers: { ...from(), authorization: `Bearer ${key}`, accept: 'application/json, text/event-stream' },
    }),
}

/** The same request to a tool without a schema is what a refusal costs. */
async function costsNoMore(own: OwnHub, tool: Tool, plain: Tool, input: object): Promise<Finding> {
  const statuses = new Set<number>()
  const ask = async (asked: Tool) => {
    statuses.add((await invokeWith(own, asked, selfMadeKey(), input)).status)
  }
  const evil = await shortest(4, () => ask(tool))
  const idle = await shortest(4, () => ask(plain))
  const isRefused = statuses.size === 1 && statuses.has(401)
  const seen = `${ms(evil)}, beside ${ms(idle)} without a schema; status ${[...statuses].join(', ')}`
  return { held: isRefused && evil < 3 * idle + 40, seen }
}

/** Beside a load of as many requests that the hub refuses at once. */
async function healthHolds(own: OwnHub, load: () => Promise<Reply[]>): Promise<Finding> {
  const idle = await healthDuring(own.hub.url, () =>
    together(10, 30, () => own.ask('GET', '/api/v1/users/me', { key: selfMadeKey(), headers: from() })),
  )
  let statuses: number[] = []
  const times = await healthDuring(own.hub.url, async () => {
    statuses = (await load()).map(({ status }) => status)
  })
  const counts = [...new Set(statuses)].map(
    (status) => `${status} × ${statuses.filter((s) => s === status).length}`,
  )
  const seen = `/health took ${ms(worst(times))} at most, beside ${ms(worst(idle))}; the load got ${counts.join(', ')}`
  return { held: worst(times) < 3 * worst(idle) + 250, seen }
}

/** A rate of their own ends them; the plan's rate, here of five calls, does not count them. */
async function areLimited(own: OwnHub, upstream: string): Promise<Finding> {
  const tool = await newTool(own, `${upstream}/home`, { input_schema: text({ type: 'string' }) })
  const caller = await slowCaller(own)
  const address = { 'x-forwarded-for': newAddress() }
  const ask = (input: object) =>
    own.ask('POST', `/api/v1/tools/${tool.slug}/invoke`, {
      key: caller.key,
      body: { input },
      headers: address,
    })
  const first = await together(4, 20, () => ask({ text: 1 }))
  const good = await ask({ text: 'x' })
  const more = await together(10, 500, () => ask({ text: 1 }))
  const limited = more.filter(({ status }) => status === 429)
  const seen = `after ${first.length} refused inputs a good one got ${good.status}; of 500 more ${limited.length} got 429`
  return { held: good.status === 200 && limited.length > 0 && limited.every(saysWhen), seen }
}

const saysWhen = ({ headers }: Reply) => Number(headers.get('retry-after')) > 0

async function slowCaller(own: OwnHub): Promise<Caller> {
  const caller = await newCaller(own)
  const mine = `id = (select plan_id from subscriptions where user_id = $1)`
  const slow = await own.database.pool.query<{ id: string }>(`select id from plans where ${mine}`, [
    caller.id,
  ])
  const body = { requestsPerMinute: 5, burst: 5 }
  must(
    'a slow plan',
    await own.ask('PATCH', `/api/plans/${slow.rows[0]?.id}`, { token: own.admin, body }),
    200,
  )
  return caller
}
