import { beforeAll, describe, expect, jest, test } from '@jest/globals'
import { isInputObjectType, isNonNullType } from 'graphql'
import { eventually } from '../support/eventually'
import { type Answer, ask, type Cast, castOfCallers } from './callers'
import { graphqlSchema } from './operations'

jest.setTimeout(600_000)

let cast: Cast

beforeAll(async () => {
  cast = await castOfCallers()
})

const send = (body: unknown, headers: Record<string, string> = cast.headers.owner): Promise<Answer> =>
  ask('POST', '/api/graphql', {
    headers,
    ...(typeof body === 'string'
      ? { raw: body, headers: { ...headers, 'content-type': 'application/json' } }
      : { body }),
  })

const errorsOf = (answer: Answer) => (answer.body as { errors?: { message: string }[] }).errors

test.each([
  ['no object', 'null'],
  ['a batch', '[{"query":"{ meUser { exp } }"}]'],
  ['no JSON', '{'],
  ['no query', '{}'],
  ['a query that is no text', '{"query":5}'],
  ['an empty query', '{"query":""}'],
  ['NUL', '{"query":"\\u0000"}'],
  ['a syntax error', '{"query":"query {"}'],
  ['an unknown field', '{"query":"{ nope }"}'],
  ['variables that are text', '{"query":"{ meUser { exp } }","variables":"x"}'],
  ['variables that are a list', '{"query":"{ meUser { exp } }","variables":[]}'],
  ['an operation that is not there', '{"query":"{ meUser { exp } }","operationName":"x"}'],
  ['two operations and no choice', '{"query":"query A { meUser { exp } } query B { meUser { exp } }"}'],
  ['a subscription', '{"query":"subscription { x }"}'],
  ['fragments in a circle', '{"query":"fragment A on User { ...A } { Users { docs { ...A } } }"}'],
  ['an unknown directive', '{"query":"{ meUser @nope { exp } }"}'],
  ['a directive without its argument', '{"query":"{ __typename @skip }"}'],
  ['a variable that is missing', '{"query":"query($id: String!) { User(id: $id) { id } }"}'],
  [
    'a variable of another type',
    '{"query":"query($n: Int) { Users(limit: $n) { totalDocs } }","variables":{"n":"x"}}',
  ],
])('%s is refused', async (_what, body) => {
  for (const headers of [cast.headers.anonymous, cast.headers.owner, cast.headers.admin]) {
    const answer = await send(body, headers)
    expect([200, 400]).toContain(answer.status)
    expect(errorsOf(answer)).toHaveLength(1)
  }
})

test.each([
  ['application/json; charset=utf8', 200],
  ['Application/JSON;', 200],
  ['application/json; charset="UTF-8"; x=y', 200],
  ['application/json; charset=latin1', 415],
  ['application/jsonp', 415],
])('a body of %s: %i', async (type, status) => {
  const headers = { ...cast.headers.owner, 'content-type': type }
  const answer = await ask('POST', '/api/graphql', { headers, raw: '{"query":"{ __typename }"}' })
  expect(answer.status).toBe(status)
  if (status === 200) expect(answer.body).toEqual({ data: { __typename: 'Query' } })
  // REST reads the same types: what is no data for it has nothing to sign in with.
  const raw = JSON.stringify({ email: 'nobody@example.com', password: 'x' })
  const signIn = await ask('POST', '/api/users/login', { headers: { 'content-type': type }, raw })
  if (status === 200) expect(signIn.body).toMatchObject({ errors: [{ name: 'INVALID_CREDENTIALS' }] })
})

test.each([
  [
    'more than the complexity limit',
    `{${Array.from({ length: 400 }, (_, at) => `a${at}: meUser { exp token }`).join(' ')}}`,
  ],
  ['depth', `{ Users { docs ${'{ avatar { owner '.repeat(300)}{ id }${'}}'.repeat(300)} } }`],
  ['more words than a document has', `{ ${'a '.repeat(100_000)} }`],
  ['brackets without end', `{ a(b: ${'['.repeat(100_000)}`],
  ['a filter without end', `{ Users(where: ${'{AND: ['.repeat(900)}{}${']}'.repeat(900)}) { totalDocs } }`],
])('%s is refused at once', async (_what, query) => {
  await eventually(5, async () => {
    const started = Date.now()
    const answer = await send({ query })
    expect(errorsOf(answer)?.length).toBeGreaterThan(0)
    expect(Date.now() - started).toBeLessThan(3_000)
  })
})

test.each(['GET', 'PUT', 'PATCH', 'DELETE'])('%s is no way to ask', async (method) => {
  const answer = await ask(method, '/api/graphql', method === 'GET' ? {} : { body: {} })
  expect([answer.status, answer.headers.get('allow')]).toEqual([405, 'POST'])
})

test.each([
  'text/plain',
  'application/graphql',
  'application/x-www-form-urlencoded',
  'multipart/form-data; boundary=x',
])('415: %s', async (type) => {
  const sent = { raw: '{"query":"{ meUser { exp } }"}', headers: { 'content-type': type } }
  expect((await ask('POST', '/api/graphql', sent)).status).toBe(415)
})

const WRONG = [null, 1e30, 'x', true, [null], { a: 1 }, '\ud800']

describe.each(['query', 'mutation'] as const)('every %s', (kind) => {
  test('with every argument of another type', async () => {
    const schema = await graphqlSchema()
    const root = kind === 'query' ? schema.getQueryType() : schema.getMutationType()
    for (const field of Object.values(root?.getFields() ?? {})) {
      if (field.name === 'logoutUser') continue
      const selection = /Boolean|String/.test(String(field.type)) ? '' : '{ __typename }'
      await send(`{"query":"${kind} { ${field.name} ${selection} }"}`)
      for (const { name, type } of field.args)
        await Promise.all(
          WRONG.map((value) => {
            const query = `${kind}($v: ${type}) { ${field.name}(${name}: $v) ${selection} }`
            return send({ query, variables: { v: value } })
          }),
        )
    }
  })
})

test('nobody is shown a secret, although the schema has fields for them', async () => {
  const users = '{ Users { docs { hash salt resetPasswordToken resetPasswordExpiration currentPassword } } }'
  const keys = '{ ApiKeys { docs { key keyHash } } }'
  for (const query of [users, keys])
    for (const caller of ['owner', 'admin'] as const) {
      const { data } = (await send({ query }, cast.headers[caller])).body as {
        data: Record<string, { docs: Record<string, unknown>[] }>
      }
      const values = Object.values(data).flatMap(({ docs }) => docs.flatMap((doc) => Object.values(doc)))
      expect(values.length).toBeGreaterThan(0)
      expect(values.filter((value) => value !== null)).toEqual([])
    }
})

test('every operator of every filter', async () => {
  const schema = await graphqlSchema()
  for (const field of Object.values(schema.getQueryType()?.getFields() ?? {})) {
    const where = field.args.find(({ name }) => name === 'where')?.type
    if (!isInputObjectType(where) || !field.name.startsWith('count')) continue
    for (const path of Object.values(where.getFields())) {
      const operators = isInputObjectType(path.type) ? Object.keys(path.type.getFields()) : []
      for (const operator of operators)
        for (const value of ['x', [null]]) {
          const query = `query($v: ${where}) { ${field.name}(where: $v) { totalDocs } }`
          await send({ query, variables: { v: { [path.name]: { [operator]: value } } } }, cast.headers.admin)
        }
    }
  }
})

test('a filter that lacks a condition is refused, by whoever asks', async () => {
  const schema = await graphqlSchema()
  for (const field of Object.values(schema.getQueryType()?.getFields() ?? {})) {
    const where = field.args.find(({ name }) => name === 'where')?.type
    if (!isInputObjectType(where) || !field.name.startsWith('count')) continue
    const parts = Object.keys(where.getFields()).filter((name) => !['AND', 'OR'].includes(name))
    for (const asked of [
      { OR: [null] },
      { AND: [{ OR: [{}, null] }] },
      ...parts.map((name) => ({ [name]: null })),
    ]) {
      const query = `query($v: ${where}) { ${field.name}(where: $v) { totalDocs } }`
      const [error] = errorsOf(await send({ query, variables: { v: asked } }, cast.headers.owner)) ?? []
      const { statusCode } = (error as { extensions?: { statusCode?: number } })?.extensions ?? {}
      expect([field.name, asked, statusCode]).toEqual([field.name, asked, expect.any(Number)])
      expect([400, 403]).toContain(statusCode)
    }
  }
})

test('a mutation of a document that is not there, with every field of another type', async () => {
  const schema = await graphqlSchema()
  for (const field of Object.values(schema.getMutationType()?.getFields() ?? {})) {
    const data = field.args.find(({ name }) => name === 'data')?.type
    const input = isNonNullType(data) ? data.ofType : data
    if (!field.name.startsWith('update') || !isInputObjectType(input)) continue
    for (const name of Object.keys(input.getFields()))
      for (const value of [null, 'x', 1e30, [null], {}]) {
        const query = `mutation($v: ${data}) { ${field.name}(id: "0198c5a2-6c1e-7b3a-9d2f-3f1c5e7a9b01", data: $v) { id } }`
        await send({ query, variables: { v: { [name]: value } } }, cast.headers.admin)
      }
  }
})
