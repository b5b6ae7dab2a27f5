import { beforeAll, describe, expect, jest, test } from '@jest/globals'
import { eventually } from '../support/eventually'
import { ask, type Cast, castOfCallers } from './callers'

// Requests that are small to send and large to answer. Each is refused before it costs anybody anything.

jest.setTimeout(120_000)

let cast: Cast

beforeAll(async () => {
  cast = await castOfCallers()
})

const graphql = (query: string, headers: Record<string, string> = {}, variables?: unknown) =>
  ask('POST', '/api/graphql', { headers, body: { query, variables } })

const times = (count: number, make: (at: number) => string) =>
  Array.from({ length: count }, (_, at) => make(at)).join(' ')

/** Fragments that each spread the next one twice: 2 to the power of `levels` of the last. */
const doubling = (levels: number, last: string) =>
  `${times(levels, (at) => `fragment f${at} on Query { ...f${at + 1} ...f${at + 1} }`)} fragment f${levels} on Query { ${last} }`

test.each([
  ['fragments that double', `query { ...f0 } ${doubling(18, '__typename')}`],
  ['fragments that double and are not used', `query { __typename } ${doubling(18, '__typename')}`],
  ['fragments that double and hold no field', `query { ...f0 } ${doubling(18, '...nowhere')}`],
  [
    'a fragment that stands twice',
    `query { ...f0 } ${doubling(18, '__typename')} fragment f0 on Query { __typename }`,
  ],
  ['many fragments', `query { ...f0 } ${times(101, (at) => `fragment f${at} on Query { __typename }`)}`],
  ['depth', `{ Media { ${'owner { avatar { '.repeat(8)} id ${'} }'.repeat(8)} } }`],
  ['root fields', `{ ${times(21, (at) => `a${at}: meUser { exp }`)} }`],
  [
    'root fields of a fragment',
    `{ ...f ...f ...f } fragment f on Query { ${times(7, (at) => `a${at}: meUser { exp }`)} }`,
  ],
  [
    'root fields of several operations',
    `query A { ${times(11, (at) => `a${at}: meUser { exp }`)} } query B { ${times(11, (at) => `a${at}: meUser { exp }`)} }`,
  ],
  [
    'sign-ins',
    `mutation { ${times(2, (at) => `a${at}: loginUser(email: "a@example.com", password: "x") { exp }`)} }`,
  ],
  [
    'account mutations of several kinds',
    'mutation { a: forgotPasswordUser(email: "a@example.com") ... on Mutation { b: logoutUser } }',
  ],
])('too much GraphQL is refused: %s', async (_what, query) => {
  await eventually(5, async () => {
    const started = Date.now()
    const [answer, neighbour] = await Promise.all([graphql(query), ask('GET', '/health')])
    expect([answer.status, neighbour.status]).toEqual([400, 200])
    expect(answer.text).toMatch(/at most|only one fragment named/)
    expect(Date.now() - started).toBeLessThan(1_500)
  })
})

test('a document of forty doublings is refused, and a neighbour is answered meanwhile', async () => {
  await eventually(5, async () => {
    const started = Date.now()
    const [answer, neighbour] = await Promise.all([
      graphql(`query { ...f0 } ${doubling(40, '__typename')}`),
      ask('GET', '/health'),
    ])
    expect([answer.status, neighbour.status]).toEqual([400, 200])
    expect(Date.now() - started).toBeLessThan(1_500)
  })
})

test('what stays within the bounds is answered', async () => {
  const many = await graphql(`{ ${times(20, (at) => `a${at}: meUser { exp }`)} }`, cast.headers.owner)
  expect([many.status, (many.body as { errors?: unknown }).errors]).toEqual([200, undefined])
  const same = times(900, () => 'exp')
  const wide = await graphql(`{ meUser { ...f } } fragment f on usersMe { ${same} }`, cast.headers.owner)
  expect(wide.status).toBe(200)
})

const condition = (at: number) => `where[or][${at}][tool.name][like]=x${at}`
const filter = (count: number) => Array.from({ length: count }, (_, at) => condition(at)).join('&')
const conditions = (count: number) =>
  Array.from({ length: count }, (_, at) => ({ toolName: { like: `x${at}` } }))

test('a filter has at most thirty conditions, at every door', async () => {
  const { owner } = cast.headers
  const form = (raw: string) =>
    ask('POST', '/api/usage-logs', {
      headers: {
        ...owner,
        'content-type': 'application/x-www-form-urlencoded',
        'x-payload-http-method-override': 'GET',
      },
      raw,
    })
  const words = Array.from({ length: 31 }, (_, at) => `w${at}`).join('+')
  const inline = `{ UsageLogs(where: { OR: [${times(31, (at) => `{ toolName: { like: "x${at}" } }`)}] }) { totalDocs } }`
  const variable = 'query($w: UsageLog_where) { UsageLogs(where: $w) { totalDocs } }'
  const refused = await Promise.all([
    ask('GET', `/api/usage-logs?${filter(31)}`, { headers: owner }),
    ask('GET', `/api/usage-logs/count?${filter(31)}`, { headers: owner }),
    ask('GET', `/api/usage-logs?where[toolName][like]=${words}`, { headers: owner }),
    ask('GET', `/api/users?${filter(31).replaceAll('where', 'joins[subscription][where]')}`, {
      headers: owner,
    }),
    ask('GET', `/api/payload-preferences?${filter(31).replaceAll('tool.name', 'key')}`, { headers: owner }),
    form(filter(31)),
    graphql(inline, owner),
    graphql(variable, owner, { w: { OR: conditions(31) } }),
  ])
  for (const { text } of refused) expect(text).toContain('at most 30 conditions')
  const answered = await Promise.all([
    ask('GET', `/api/usage-logs?${filter(30)}`, { headers: owner }),
    form(filter(30)),
    graphql(variable, owner, { w: { OR: conditions(30) } }),
  ])
  for (const { status, text } of answered) {
    expect(status).toBe(200)
    expect(text).toContain('"totalDocs":0')
  }
  const ids = Array.from({ length: 90 }, (_, at) => `where[id][in][${at}]=${cast.owner.id}`).join('&')
  expect((await ask('GET', `/api/users?${ids}`, { headers: owner })).status).toBe(200)
})

test('whether somebody may open the panel is told, also when not', async () => {
  const may = async (caller: 'anonymous' | 'owner' | 'admin') =>
    (await graphql('{ Access { canAccessAdmin } }', cast.headers[caller])).body
  for (const caller of ['anonymous', 'owner'] as const)
    expect(await may(caller)).toEqual({ data: { Access: { canAccessAdmin: false } } })
  expect(await may('admin')).toEqual({ data: { Access: { canAccessAdmin: true } } })
})

test('a file is asked for with a prefix, although nothing is stored under one', async () => {
  for (const caller of ['anonymous', 'owner', 'admin'] as const) {
    const headers = cast.headers[caller]
    const plain = await ask('GET', '/api/media/file/nothing.webp', { headers })
    const prefixed = await ask('GET', '/api/media/file/nothing.webp?prefix=x', { headers })
    expect([prefixed.status, prefixed.text]).toEqual([plain.status, plain.text])
    const capitals = await ask('GET', '/api/media/FILE/nothing.webp?prefix=x', { headers })
    expect([capitals.status, capitals.text]).toEqual([plain.status, plain.text])
    const form = {
      'content-type': 'application/x-www-form-urlencoded',
      'x-payload-http-method-override': 'GET',
    }
    await ask('POST', '/api/media/file/nothing.webp', { headers: { ...headers, ...form }, raw: 'prefix=x' })
  }
})

test('a browser may send an API key and a request id', async () => {
  const origin = new URL(process.env.HUB_TEST_URL as string).origin
  const answer = await ask('OPTIONS', '/api/users', {
    headers: {
      origin,
      'access-control-request-method': 'GET',
      'access-control-request-headers': 'x-api-key,x-request-id',
    },
  })
  expect(answer.headers.get('access-control-allow-origin')).toBe(origin)
  const allowed = answer.headers.get('access-control-allow-headers')
  expect(allowed).toMatch(/X-API-Key.*X-Request-ID/)
  expect(allowed).toMatch(/User-Agent.*OpenAI-Organization.*X-Stainless-Lang/)
})

/** A body that is large to read: the process is busy with it, whoever sent it. */
describe('large bodies of the generated API', () => {
  const large = { password: 'x'.repeat(70_000) }
  const many = (values: number) => ({ a: Array.from({ length: values }, () => 1) })

  test.each([
    ['REST', 'POST', '/api/users/login', large],
    ['a host of values', 'POST', '/api/users', many(40_000)],
    ['GraphQL', 'POST', '/api/graphql', { query: '{ __typename }', variables: large }],
  ])('are not read for nobody: %s', async (_what, method, path, body) => {
    const answer = await ask(method, path, { body })
    expect([answer.status, answer.text]).toEqual([401, expect.stringContaining('65536 bytes')])
    const known = await ask(method, path, { body, headers: cast.headers.owner })
    expect(known.text).not.toContain('65536 bytes')
  })

  test('nor a form that means a GET, nor an upload', async () => {
    const form = {
      'content-type': 'application/x-www-form-urlencoded',
      'x-payload-http-method-override': 'GET',
    }
    const body = `where[or][0][id][equals]=${'x'.repeat(70_000)}`
    expect((await ask('POST', '/api/plans', { headers: form, body })).status).toBe(401)
    const upload = new FormData()
    upload.append('file', new Blob(['x'.repeat(70_000)], { type: 'image/png' }), 'x.png')
    expect((await ask('POST', '/api/media', { body: upload })).status).toBe(401)
  })

  test('have at most 20,000 values', async () => {
    const headers = cast.headers.owner
    const refused = await ask('POST', '/api/api-keys', { headers, body: many(20_001) })
    expect([refused.status, refused.text]).toEqual([400, expect.stringContaining('20000 values')])
  })
})

describe('variables of GraphQL', () => {
  const FIND = 'query ($where: Plan_where) { Plans(where: $where) { totalDocs } }'
  const terms = (count: number, term: object) => ({
    where: { AND: Array.from({ length: count }, () => term) },
  })

  test('have at most 2,000 values', async () => {
    const { status, text } = await graphql(FIND, {}, terms(2_000, { id: { exists: true } }))
    expect([status, text]).toEqual([400, expect.stringContaining('at most 2000 values')])
  })

  test('that do not fit are told by some of their faults, not by each', async () => {
    const { body } = await graphql(FIND, {}, terms(600, { nope: { exists: true } }))
    const { errors } = body as { errors: { message: string }[] }
    expect(errors[0]?.message).toContain('got invalid value')
    expect(errors.length).toBeLessThan(30)
  })

  test('of the type JSON are as many as a tool takes', async () => {
    const query = 'mutation ($input: JSON!) { invokeTool(tool: "no-such-tool", input: $input) { callId } }'
    const input = { list: Array.from({ length: 5_000 }, () => 1) }
    const { text } = await graphql(query, cast.headers.owner, { input })
    expect(text).not.toContain('2000 values')
  })
})

/** One field under many names: each row is loaded once and answered nine hundred times. */
describe('values of GraphQL', () => {
  const fields = (count: number, name: string) => times(count, (at) => `a${at}: ${name}`)

  test.each([
    [
      'fields of many rows',
      `{ Plans(limit: 1000) { docs { ${fields(18, 'name')} ${times(9, (at) => `b${at}: title`)} } } }`,
    ],
    ['one field of one row', `{ Plans(limit: 1) { docs { ${fields(21, 'name')} } } }`],
    ['in fragments', `{ Plans(limit: 1) { docs { ...f } } } fragment f on Plan { ${fields(21, 'name')} }`],
    [
      'in the same rows under several names',
      `{ Plans(limit: 1) { ${times(21, (at) => `a${at}: docs { name }`)} } }`,
    ],
    ['at the root', `{ ${times(11, (at) => `a${at}: Plans(limit: 1) { docs { b: name c: name } }`)} }`],
    [
      'in a fragment that is spread in several places',
      `{ Plans(limit: 1) { ${times(11, (at) => `a${at}: docs { ...f }`)} } } fragment f on Plan { b: name c: name }`,
    ],
  ])('too many are refused: %s', async (_what, query) => {
    const { status, text } = await graphql(query, cast.headers.owner)
    expect([status, text]).toEqual([400, expect.stringMatching(/at most (25000 values|20 times)/)])
  })

  test.each([
    [
      'all rows',
      '{ Plans(limit: 1000) { docs { id name title tier rank tokenLimit priceCents currency } } }',
    ],
    [
      'twenty lists',
      `{ ${times(20, (at) => `a${at}: Plans(limit: 10) { docs { id name title } totalDocs }`)} }`,
    ],
    [
      'a field twice under one name',
      `{ Plans { docs { ${times(100, () => 'name')} ...f ...f } } } fragment f on Plan { id }`,
    ],
  ])('what stays within the bounds is answered: %s', async (_what, query) => {
    const { status, body } = await graphql(query, cast.headers.owner)
    expect([status, (body as { errors?: unknown }).errors]).toEqual([200, undefined])
  })
})
