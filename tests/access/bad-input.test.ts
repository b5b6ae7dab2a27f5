import { beforeAll, describe, expect, jest, test } from '@jest/globals'
import { call, type Sent } from '../support/client'
import { PASSWORD, unique } from '../support/people'
import { hubUrl } from '../support/run'
import { ask, type Cast, castOfCallers } from './callers'
import { KINDS } from './documents'
import { graphqlSchema } from './operations'

// Every answer goes through `ask`, which fails the test on a 500, a stack trace, SQL or a failure inside GraphQL.

const COLLECTIONS = [...new Set(Object.values(KINDS).map(({ collection }) => collection))]
const ABSENT = '0198c5a2-6c1e-7b3a-9d2f-3f1c5e7a9b01'
const CALLERS = ['anonymous', 'owner', 'admin'] as const

jest.setTimeout(600_000)

let cast: Cast

beforeAll(async () => {
  cast = await castOfCallers()
})

/** Sends it as each of the callers; none may get anything but a refusal, or an answer that has the usual shape. */
async function asEach(method: string, path: string, sent: Sent = {}): Promise<number[]> {
  const answers = CALLERS.map((caller) =>
    ask(method, path, { ...sent, headers: { ...cast.headers[caller], ...sent.headers } }),
  )
  return (await Promise.all(answers)).map(({ status }) => status)
}

const QUERIES = [
  ...['page=99999999999999999999', 'page=-1', 'page=NaN', 'page=1.5', 'page[]=1', 'page=1e308'],
  ...['limit=-1', 'limit=NaN', 'limit=1e9', 'limit=99999999999999999999', 'limit[a]=b'],
  ...['depth=999', 'depth=-1', 'depth=x', 'depth[]=1'],
  ...[
    'sort=nope',
    'sort=',
    'sort=-',
    'sort=%27',
    'sort[a]=b',
    'sort=id.x',
    'sort=user.id.x',
    'sort=name,-name&sort=id',
  ],
  ...[
    'where=x',
    'where[]=x',
    'where[id]=x',
    'where[or]=x',
    'where[or][0]=x',
    'where[and][]=',
    'where[nope]=',
  ],
  ...['where[__proto__][x]=y', 'where[constructor][equals]=x', 'where[id][__proto__]=x'],
  'where[or][0][status][equals]=pending&where[or][1][status][equals]=constructor',
  ...[
    'select=x',
    'select[x]=y',
    'select[id][x]=true',
    'populate=x',
    'populate[users]=x',
    'joins=x',
    'joins[x]=y',
  ],
  ...[
    'joins[subscription][limit]=-5',
    'joins[subscription][page]=99999999999',
    'joins[subscription][sort]=user.name',
  ],
  ...['joins[subscription][where]=x', 'joins[subscription][where][nope][equals]=1'],
  ...[
    'locale=xx',
    'fallback-locale[]=xx',
    'draft=x',
    'trash=x',
    'pagination=x',
    'page=1&page=2&limit=1&limit=2',
  ],
]

const OPERATORS = [
  ...[
    'equals',
    'not_equals',
    'in',
    'not_in',
    'all',
    'exists',
    'like',
    'not_like',
    'contains',
    'near',
    'within',
  ],
  ...['intersects', 'greater_than', 'less_than_equal', 'nope'],
]
/** Of each type that a collection has, one field. */
const FIELDS: Record<(typeof COLLECTIONS)[number], string[]> = {
  users: ['id', 'name', 'role', 'disabled', 'createdAt', 'avatar', 'subscription', 'subscription.plan.name'],
  'api-keys': ['user', 'user.name', 'active', 'expiresAt'],
  tools: ['isActive', 'minimumTier', 'example', 'example.a', 'timeoutMs', 'icon.alt'],
  plans: ['tier', 'tokenLimit', 'features', 'features.text'],
  subscriptions: ['status', 'plan.name', 'periodEnd'],
  'usage-logs': ['status', 'requestId', 'tokensUsed', 'apiKey.user.name'],
  alerts: ['id', 'at', 'kind', 'state', 'user.name', 'data', 'deliveries'],
  refusals: ['id', 'at', 'user.name', 'layer', 'figures', 'leftOut', 'requestId'],
  'audit-logs': ['id', 'at', 'action', 'actor', 'actor.name', 'changes', 'changes.a', 'subjectId', 'title'],
  media: ['filesize', 'sizes.icon.filename', 'owner'],
  'payload-preferences': ['value', 'user.value', 'user.relationTo'],
  'payload-locked-documents': ['document.value', 'document.relationTo', 'document'],
  'payload-kv': ['data', 'data.a'],
}
const VALUES = ['x', '%5C', '1e400', ABSENT]

describe.each(COLLECTIONS)('%s', (collection) => {
  test('page, limit, depth, sort, select, joins and where that are nothing of the kind', async () => {
    for (const query of QUERIES) {
      await asEach('GET', `/api/${collection}?${query}`)
      if (query.startsWith('where')) await asEach('GET', `/api/${collection}/count?${query}`)
      else await asEach('GET', `/api/${collection}/${ABSENT}?${query}`)
    }
  })

  test('every operator on fields of every type', async () => {
    const headers = cast.headers.admin
    for (const field of FIELDS[collection]) {
      for (const operator of OPERATORS) {
        const asked = VALUES.map((value) => `limit=1&where[${field}][${operator}]=${value}`)
        await Promise.all(asked.map((query) => ask('GET', `/api/${collection}?${query}`, { headers })))
      }
    }
  })

  test('a filter without end', async () => {
    const deep = `where${'[and][0]'.repeat(400)}[id][exists]=true`
    const path = `where[${'user.subscription.'.repeat(20)}name][exists]=true`
    const wide = Array.from({ length: 300 }, (_, at) => `where[or][${at}][id][exists]=false`).join('&')
    for (const query of [deep, wide, `where[name][equals]=${'x'.repeat(6_000)}`])
      await asEach('GET', `/api/${collection}?${query}`)
    expect(await asEach('GET', `/api/${collection}?${path}`)).toEqual([400, 400, 400])
  })

  test('ids that are none', async () => {
    const ids = [
      ...['0', 'x', '-1', 'null', '%2e%2e', '%2F', 'a%2Fb', "'", '%F0%9F%98%80', '__proto__', 'constructor'],
      ...[
        'x'.repeat(5_000),
        ABSENT.slice(1),
        `{${ABSENT}}`,
        ABSENT.replaceAll('-', ''),
        ABSENT.toUpperCase(),
        ABSENT,
      ],
    ]
    for (const id of ids) {
      await asEach('GET', `/api/${collection}/${id}`)
      await asEach('PATCH', `/api/${collection}/${id}`, { body: {} })
      await asEach('DELETE', `/api/${collection}/${id}`)
      await asEach('POST', `/api/${collection}/${id}/duplicate`, { body: {} })
      await asEach('POST', `/api/${collection}/access/${id}`, { body: {} })
    }
    for (const id of ['%', '%zz', '%00', 'a%00b', '%ff'])
      expect(await asEach('GET', `/api/${collection}/${id}`)).toEqual([400, 400, 400])
  })

  test('bodies that are no JSON object', async () => {
    const bodies = [
      'null',
      '[]',
      '"x"',
      '1',
      'true',
      '{',
      '{"a":}',
      '{"a":1}x',
      '{"name":"a\\u0000b"}',
      '{"a\\u0000":1}',
    ]
    const deep = `${'{"a":'.repeat(5_000)}1${'}'.repeat(5_000)}`
    const type = { 'content-type': 'application/json' }
    for (const raw of [...bodies, deep, '['.repeat(20_000)]) {
      for (const [method, path] of [
        ['POST', ''],
        ['PATCH', `/${ABSENT}`],
        ['PATCH', '?where[id][exists]=false'],
      ] as const)
        expect(await asEach(method, `/api/${collection}${path}`, { raw, headers: type })).toEqual([
          400, 400, 400,
        ])
    }
    const big = JSON.stringify({ name: 'x'.repeat(1024 * 1024) })
    expect(await asEach('POST', `/api/${collection}`, { raw: big, headers: type })).toEqual([413, 413, 413])
  })

  test('other content types', async () => {
    const types = [
      'text/plain',
      'application/xml',
      'multipart/form-data',
      'application/octet-stream',
      'application/jsonp',
    ]
    for (const type of types)
      for (const [method, path] of [
        ['POST', ''],
        ['PATCH', `/${ABSENT}`],
      ] as const) {
        const sent = { raw: '{"name":"x"}', headers: { 'content-type': type } }
        expect([type, await asEach(method, `/api/${collection}${path}`, sent)]).toEqual([
          type,
          [415, 415, 415],
        ])
      }
  })

  test('forms that break off, or hold no data', async () => {
    const part = (name: string, content: string) =>
      `--x\r\nContent-Disposition: form-data; ${name}\r\n\r\n${content}\r\n`
    const forms = [
      '--x',
      '{}',
      `${part('name="_payload"', '{bad')}--x--\r\n`,
      `${part('name="_payload"', 'null')}--x--\r\n`,
      `${part('name="_payload"', '[]')}--x--\r\n`,
      `${part('name="file"; filename="../../a.svg"', '<svg/>')}--x--\r\n`,
      part('name="file"; filename="a.png"', 'no image'),
      // A file that is only named, as one would be that a browser has sent to a bucket by itself.
      ...['null', '{}', '{"filename":"a.png","mimeType":"image/png","size":1,"clientUploadContext":{}}'].map(
        (named) => `${part('name="file"', named)}--x--\r\n`,
      ),
      `${part('name="_payload"', `{"alt":${'['.repeat(5_000)}${']'.repeat(5_000)}}`)}--x--\r\n`,
      `${part('name="_payload"', '{"alt":"\\u0000"}')}--x--\r\n`,
    ]
    const headers = { 'content-type': 'multipart/form-data; boundary=x' }
    for (const raw of forms) {
      for (const status of [
        ...(await asEach('POST', `/api/${collection}`, { raw, headers })),
        ...(await asEach('PATCH', `/api/${collection}/${ABSENT}`, { raw, headers })),
      ])
        expect(collection === 'payload-preferences' ? [201, 400, 403, 404] : [400, 403, 404]).toContain(
          status,
        )
    }
  })

  test('methods that are named in a header', async () => {
    // The oldest, as other tests make documents meanwhile.
    const oldest = async () => {
      const list = `/api/${collection}?sort=createdAt&limit=3&depth=0`
      const { text } = await ask('GET', list, { headers: cast.headers.admin })
      return ((JSON.parse(text) as { docs?: { id: string }[] }).docs ?? []).map(({ id }) => id)
    }
    const before = await oldest()
    for (const name of ['x-http-method-override', 'x-payload-http-method-override', 'x-method-override'])
      for (const method of ['GET', 'DELETE', 'PATCH'])
        for (const [type, raw] of [
          ['application/json', '{"where":{"id":{"near":"x"}}}'],
          ['application/x-www-form-urlencoded', 'where[id][near]=x&limit=abc'],
        ] as const)
          await asEach('POST', `/api/${collection}`, {
            raw,
            headers: { [name]: method, 'content-type': type },
          })
    expect((await oldest()).slice(0, before.length)).toEqual(before)
  })

  test('a value of another type in every field', async () => {
    const schema = await graphqlSchema()
    const wrong = [
      null,
      1,
      -1.5,
      1e30,
      true,
      '',
      'x',
      [],
      {},
      [null],
      [[]],
      { a: 1 },
      '2026-13-45',
      'x'.repeat(300_000),
    ]
    for (const field of fieldsOf(schema, collection)) {
      for (const value of wrong) {
        const sent = { headers: cast.headers.admin, body: { [field]: value } }
        await Promise.all([
          ask('POST', `/api/${collection}`, sent),
          ask('PATCH', `/api/${collection}/${ABSENT}`, sent),
        ])
      }
    }
  })
})

/** The names of a collection's fields, as the schema has them. */
function fieldsOf(schema: Awaited<ReturnType<typeof graphqlSchema>>, collection: string): string[] {
  const name = collection
    .split('-')
    .map((part) => part.charAt(0).toUpperCase() + part.slice(1))
    .join('')
  const type = schema.getType(`mutation${name === 'Media' ? name : name.replace(/s$/, '')}Input`)
  if (!type || !('getFields' in type)) throw new Error(`no input of ${collection}`)
  return Object.keys(type.getFields())
}

describe('a whole document with one wrong field', () => {
  const user = () => ({
    name: 'Bad',
    email: `${unique('bad')}@example.org`,
    password: PASSWORD,
    role: 'user',
  })
  const wrong = [null, 1, true, [], {}, [null], { a: 1 }, 'x'.repeat(5_000), 'a@b', '\ud800']

  test.each(['name', 'email', 'password', 'role', 'avatar', 'disabled'])('a user’s %s', async (field) => {
    for (const value of wrong) {
      const answer = await ask('POST', '/api/users', {
        headers: cast.headers.admin,
        body: { ...user(), [field]: value },
      })
      expect([200, 201, 400, 409]).toContain(answer.status)
    }
  })

  test.each(['features', 'rank', 'tokenLimit', 'tier', 'currency', 'name'])('a plan’s %s', async (field) => {
    for (const value of wrong) {
      const limits = { tokenLimit: 1, requestsPerMinute: 1, burst: 1, callsAtOnce: 1, priceCents: 0 }
      const plan = {
        name: unique('bad'),
        title: 'Bad',
        tier: 'free',
        rank: 77_000,
        currency: 'USD',
        ...limits,
      }
      const headers = cast.headers.admin
      const answer = await ask('POST', '/api/plans', { headers, body: { ...plan, [field]: value } })
      const { doc } = answer.body as { doc?: { id: string } }
      if (doc) await ask('DELETE', `/api/plans/${doc.id}`, { headers })
      expect([201, 400, 409]).toContain(answer.status)
    }
  })
})

test('a deep path of a filter does not end the process', async () => {
  const path = '/api/users?where[avatar.owner.avatar.owner][exists]=true'
  expect((await ask('GET', path, { headers: cast.headers.owner })).status).toBe(400)
  await new Promise((resolve) => setTimeout(resolve, 300))
  expect((await fetch(`${hubUrl()}/health`)).status).toBe(200)
  expect((await call('GET', '/users/me', { headers: cast.headers.owner })).status).toBe(200)
})

test('files that are not there', async () => {
  for (const name of ['x', '.', '..%2f..%2fetc%2fpasswd', '..%5cx', 'x'.repeat(3_000), '%F0%9F%98%80'])
    for (const status of await asEach('GET', `/api/media/file/${name}`))
      expect([400, 403, 404]).toContain(status)
})
