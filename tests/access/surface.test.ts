import { beforeAll, expect, test } from '@jest/globals'
import type { CollectionConfig, SanitizedConfig } from 'payload'
import { ask, type Cast, castOfCallers } from './callers'
import { KINDS } from './documents'
import { graphqlSchema, TYPES } from './operations'

/** Paths that every collection has, and the operation of the table that holds them. */
const STANDARD = [
  'get /',
  'get /:id',
  'get /count',
  'post /',
  'patch /',
  'patch /:id',
  'delete /',
  'delete /:id',
  'post /access/:id?',
]

/** Collections that keep no versions have these paths closed when the hub starts. */
const VERSIONS = ['get /versions', 'get /versions/:id', 'post /versions/:id']

const KEEPS_VERSIONS = ['tools']

/** What a collection has beside those. */
const MORE: Record<string, string[]> = {
  users: [
    'get /init',
    'get /me',
    'post /first-register',
    'post /forgot-password',
    'post /login',
    'post /logout',
    'post /refresh-token',
    'post /reset-password',
    'post /unlock',
    'post /verify/:id',
  ],
  'audit-logs': ['get /export'],
  'usage-logs': ['get /export'],
  tools: ['post /:id/try', 'post /:id/mcp-accept', 'post /mcp-import', 'post /mcp-list'],
  media: ['get /file/:filename', 'get /paste-url/:id?'],
  'payload-preferences': ['delete /:key', 'get /:key', 'post /:key', 'post /:id/duplicate'],
  'payload-locked-documents': ['post /:id/duplicate'],
  'payload-kv': ['post /:id/duplicate'],
}

/** Fields of GraphQL that belong to no single document: generated-accounts.test.ts and hub-operations.test.ts call them. */
const MORE_FIELDS = [
  'Access',
  'cancelSubscription',
  'forgotPasswordUser',
  'initializedUser',
  'invokeTool',
  'loginUser',
  'logoutUser',
  'meUser',
  'refreshTokenUser',
  'resetPasswordUser',
  'subscribe',
  'unlockUser',
  'usageSummary',
  'verifyEmailUser',
]
/** tests/access/settings.test.ts holds who may read and change them. */
const GLOBALS = ['settings']
const GLOBAL_FIELDS = ['Setting', 'docAccessSetting', 'updateSetting']

const DUPLICATES = ['PayloadKv', 'PayloadLockedDocument', 'PayloadPreference']

let config: SanitizedConfig
let cast: Cast

beforeAll(async () => {
  process.env.DATABASE_URL = process.env.HUB_TEST_HUB_DATABASE_URL
  process.env.PAYLOAD_SECRET = process.env.HUB_TEST_SECRET
  config = await (await import('../../payload.config')).default
  cast = await castOfCallers()
})

test('every collection stands in the table', () => {
  const listed = new Set<string>(Object.values(KINDS).map(({ collection }) => collection))
  const found = config.collections.map(({ slug }) => slug as string)
  // Its REST paths and GraphQL fields are switched off by Payload.
  expect(found.filter((slug) => slug !== 'payload-migrations').sort()).toEqual([...listed].sort())
  expect(config.globals.map(({ slug }) => slug)).toEqual(GLOBALS)
})

test('every path of a collection is listed', () => {
  for (const { slug, endpoints } of config.collections as unknown as CollectionConfig[]) {
    const found = new Set((endpoints || []).map(({ method, path }) => `${method} ${path}`))
    const expected = slug === 'payload-migrations' ? [] : [...STANDARD, ...VERSIONS, ...(MORE[slug] ?? [])]
    expect([slug, [...found].sort()]).toEqual([slug, expected.sort()])
  }
})

test('the paths outside of collections are the versioned API, what the caller may do, and what views of the panel ask', () => {
  const paths = new Set(config.endpoints.map(({ path }) => path))
  expect([...paths].sort()).toEqual([
    '/access',
    '/panel/ledger/check',
    '/panel/plans/:id/what-if',
    '/panel/usage/:id/corrections',
    '/panel/users/:id/actions',
    '/v1',
    '/v1/:path*',
  ])
})

test('every field of GraphQL is listed', async () => {
  const schema = await graphqlSchema()
  const found = [schema.getQueryType(), schema.getMutationType()].flatMap((type) =>
    Object.keys(type?.getFields() ?? {}),
  )
  const expected = Object.values(TYPES).flatMap(({ one, many }) => [
    one,
    many,
    `count${many}`,
    `docAccess${one}`,
    `create${one}`,
    `update${one}`,
    `delete${one}`,
    ...(DUPLICATES.includes(one) ? [`duplicate${one}`] : []),
    ...(one === 'Tool' ? ['versionTool', 'versionsTools', 'restoreVersionTool'] : []),
  ])
  expect(found.sort()).toEqual([...expected, ...MORE_FIELDS, ...GLOBAL_FIELDS].sort())
  expect(schema.getSubscriptionType() ?? null).toBeNull()
})

test.each([
  ['GET', '/versions'],
  ['GET', '/versions/0198c5a2-6c1e-7b3a-9d2f-3f1c5e7a9b01'],
  ['POST', '/versions/0198c5a2-6c1e-7b3a-9d2f-3f1c5e7a9b01'],
])('no collection without versions answers %s %s', async (method, path) => {
  for (const { collection } of Object.values(KINDS)) {
    // `/api/payload-preferences/versions` is the preference of that name.
    if (collection === 'payload-preferences' && path === '/versions') continue
    if (KEEPS_VERSIONS.includes(collection)) continue
    for (const caller of ['owner', 'admin'] as const) {
      const answer = await ask(method, `/api/${collection}${path}`, { headers: cast.headers[caller] })
      expect([collection, caller, answer.status]).toEqual([collection, caller, 404])
    }
  }
})

test.each([
  ['GET', '/api/payload-jobs/run'],
  ['POST', '/api/payload-jobs/run'],
  ['GET', '/api/payload-jobs'],
  ['GET', '/api/payload-migrations'],
  ['GET', '/api/globals/anything'],
  ['GET', '/api/graphql-playground'],
  ['POST', '/api/users/0198c5a2-6c1e-7b3a-9d2f-3f1c5e7a9b01/api-key/reveal'],
])('%s %s answers nobody', async (method, path) => {
  for (const headers of Object.values(cast.headers))
    expect((await ask(method, path, { headers })).status).toBe(404)
})
