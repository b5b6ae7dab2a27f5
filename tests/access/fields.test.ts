import { afterAll, beforeAll, describe, expect, test } from '@jest/globals'
import type { Pool } from 'pg'
import { call } from '../support/client'
import { PASSWORD, unique } from '../support/people'
import { ask, type Caller, type Cast, castOfCallers, hubDatabase } from './callers'
import { type Kind, newDocument } from './documents'

let db: Pool
let cast: Cast

beforeAll(async () => {
  db = hubDatabase()
  cast = await castOfCallers()
})
afterAll(() => db.end())

/** What the owner of a document sees of it, and what an admin sees beside that. Nothing else is in any answer. */
const SEEN: [Kind, string[], string[]][] = [
  [
    'users',
    [
      'avatar',
      'createdAt',
      'disabled',
      'email',
      'emailConfirmedAt',
      'id',
      'name',
      'role',
      'subscription',
      'updatedAt',
    ],
    // Typed in the panel to change one's own password; always null.
    ['currentPassword'],
  ],
  [
    'api-keys',
    ['active', 'createdAt', 'expiresAt', 'id', 'keyPrefix', 'lastUsedAt', 'name', 'updatedAt', 'user'],
    [],
  ],
  [
    'tools',
    [
      ...[
        'category',
        'createdAt',
        'description',
        'example',
        'icon',
        'id',
        'inputSchema',
        'isActive',
        'maxTokens',
      ],
      ...['meteringMode', 'meteringTokens', 'minimumTier', 'name', 'slug', 'updatedAt'],
      // What a model's call costs. Of its upstreams there is an empty list.
      ...['modelKind', 'defaultOutputTokens', 'maxOutputTokens', 'upstreams'],
      ...['weightCachedInput', 'weightInput', 'weightOutput', 'weightReasoning'],
      ...['weightCacheWrite5m', 'weightCacheWrite1h'],
      // Always published and not trashed: others are not seen.
      ...['_status', 'deletedAt'],
    ],
    [
      ...[
        'adapter',
        'builtin',
        'endpoint',
        'headers',
        'meteringPath',
        'method',
        'retries',
        'secretHeaderNames',
        'unreadableSecrets',
        'secretHeaders',
      ],
      ...['model', 'promptTemplate', 'providerKey', 'remoteTool', 'routing', 'share', 'speaksResponses'],
      ...['systemPrompt', 'timeoutMs', 'upstreamKeys', 'openOptions', 'contextWindow'],
    ],
  ],
  [
    'subscriptions',
    [
      ...[
        'createdAt',
        'id',
        'pendingPlan',
        'periodEnd',
        'periodStart',
        'plan',
        'startedAt',
        'status',
        'tokenLimit',
      ],
      ...['tokensHeld', 'tokensRemaining', 'tokensUsed', 'updatedAt', 'user'],
    ],
    [],
  ],
]

test.each(SEEN)('what is seen of %s', async (kind, owners, admins) => {
  const id = await newDocument(db, kind, cast, 'owner')
  const keys = async (caller: Caller) => {
    const answer = await ask('GET', `/api/${kind}/${id}?depth=2&showHiddenFields=true`, {
      headers: cast.headers[caller],
    })
    return Object.keys(answer.body as object)
      .filter((key) => !['collection', '_strategy', 'key'].includes(key))
      .sort()
  }
  expect(await keys('owner')).toEqual([...owners].sort())
  expect(await keys('admin')).toEqual([...owners, ...admins].sort())
})

/** Fields that a caller may not read may not be asked about either: a filter or an order would tell them. */
const HIDDEN: Record<string, string[]> = {
  users: ['hash', 'salt', 'password', 'currentPassword', 'resetPasswordToken', 'resetPasswordExpiration'],
  'api-keys': ['keyHash', 'key', 'user.hash'],
  tools: [
    'endpoint',
    'headers',
    'adapter',
    'builtin',
    'secretHeaders',
    'systemPrompt',
    'upstreams.model',
    'icon.owner',
    'icon.owner.email',
  ],
  'usage-logs': ['apiKey.keyHash', 'user.hash', 'user.resetPasswordToken', 'tool.endpoint', 'tool.headers'],
  media: ['owner.email', 'owner'],
  subscriptions: ['user.salt', 'tokensUsed'],
}

describe.each(Object.entries(HIDDEN))('%s cannot be asked for', (collection, fields) => {
  const asked = (field: string) => [
    `where[${field}][exists]=true`,
    `where[${field}][like]=a`,
    `where[or][0][and][0][${field}][not_equals]=a`,
    `where[${field.replaceAll('.', '__')}][exists]=true`,
    // Rows of one's own, in the order of what belongs to oneself, tell nothing; and a password is no column.
    ...(/^(user|apiKey)\.|^password$/.test(field) ? [] : [`sort=${field}`, `sort=-${field}`]),
  ]
  test.each(fields)('%s', async (field) => {
    for (const query of asked(field)) {
      for (const path of query.startsWith('sort') ? [''] : ['', '/count']) {
        const answer = await ask('GET', `/api/${collection}${path}?${query}`, { headers: cast.headers.owner })
        expect([query, path, answer.status]).toEqual([query, path, 400])
      }
    }
  })
})

test('an API key is shown once, when it is made, and its hash never', async () => {
  const made = await ask('POST', '/api/api-keys', { headers: cast.headers.owner, body: { name: 'once' } })
  const { id, key } = (made.body as { doc: { id: string; key: string } }).doc
  expect(key).toMatch(/^jhub_/)
  const stored = await db.query<{ key_hash: string }>('select key_hash from api_keys where id = $1', [id])
  for (const caller of ['owner', 'admin'] as const) {
    const { text } = await ask('GET', `/api/api-keys/${id}`, { headers: cast.headers[caller] })
    expect(text).not.toContain(key)
    expect(made.text + text).not.toContain(stored.rows[0]?.key_hash)
  }
})

test('a secret header never leaves again', async () => {
  const headers = cast.headers.admin
  const body = {
    name: unique('Secretive'),
    description: 'x',
    endpoint: 'http://127.0.0.1:9/',
    adapter: 'http',
    secretHeaders: { Authorization: 'Bearer hush-hush' },
  }
  const made = await ask('POST', '/api/tools', { headers, body })
  expect(made.status).toBe(201)
  const { id } = (made.body as { doc: { id: string } }).doc
  const read = await ask('GET', `/api/tools/${id}`, { headers })
  const changed = await ask('PATCH', `/api/tools/${id}`, { headers, body: { description: 'y' } })
  expect(made.text + read.text + changed.text).not.toContain('hush-hush')
  // The panel has a field to set them by; it always reads empty.
  expect(read.body).toMatchObject({ secretHeaders: null })
  expect((read.body as { secretHeaderNames: string[] }).secretHeaderNames).toEqual(['Authorization'])
})

/** What the owner sends to change more than they may; what is left of it afterwards is the name alone. */
test('a user changes their name, and nothing that only an admin or the hub sets', async () => {
  const before = (await db.query('select * from users where id = $1', [cast.owner.id])).rows[0]
  const forged = {
    id: '0198c5a2-6c1e-7b3a-9d2f-3f1c5e7a9b01',
    role: 'admin',
    disabled: true,
    email: `${unique('taken')}@example.org`,
    emailConfirmedAt: new Date(0).toISOString(),
    hash: 'x',
    salt: 'x',
    resetPasswordToken: 'x',
    subscription: ['0198c5a2-6c1e-7b3a-9d2f-3f1c5e7a9b01'],
    createdAt: new Date(0).toISOString(),
  }
  const headers = cast.headers.owner
  const answer = await ask('PATCH', `/api/users/${cast.owner.id}`, {
    headers,
    body: { name: 'Mine', ...forged },
  })
  expect(answer.status).toBe(200)
  const after = (await db.query('select * from users where id = $1', [cast.owner.id])).rows[0]
  expect({ ...after, updated_at: null }).toEqual({ ...before, name: 'Mine', updated_at: null })
  await ask('PATCH', `/api/users/${cast.owner.id}`, { headers, body: { name: 'Test User' } })
})

test.each(['user', 'password'])('a user cannot hand over a key or set %s by an update', async (field) => {
  const headers = cast.headers.owner
  if (field === 'password') {
    const body = { password: `${PASSWORD}2`, currentPassword: PASSWORD }
    expect((await ask('PATCH', `/api/users/${cast.owner.id}`, { headers, body })).status).toBe(403)
    return
  }
  const id = await newDocument(db, 'api-keys', cast, 'owner')
  await ask('PATCH', `/api/api-keys/${id}`, {
    headers,
    body: { user: cast.other.id, keyHash: 'forged', keyPrefix: 'x' },
  })
  const row = (await db.query('select user_id, key_hash, key_prefix from api_keys where id = $1', [id]))
    .rows[0]
  expect(row).toMatchObject({ user_id: cast.owner.id, key_prefix: 'jhub_x' })
  expect(row.key_hash).not.toBe('forged')
  const made = await ask('POST', '/api/api-keys', { headers, body: { name: 'theirs', user: cast.other.id } })
  expect((made.body as { doc: { user: { id: string } } }).doc.user.id).toBe(cast.owner.id)
})

test('counters and periods are the ledger’s: no admin sets them', async () => {
  const id = await newDocument(db, 'subscriptions', cast, 'admin')
  const read = async () => (await db.query('select * from subscriptions where id = $1', [id])).rows[0]
  const before = await read()
  const far = '2099-01-01T00:00:00.000Z'
  const body = {
    tokensUsed: 5,
    tokensHeld: 5,
    tokenLimit: 5,
    startedAt: far,
    periodStart: far,
    periodEnd: far,
  }
  const answer = await ask('PATCH', `/api/subscriptions/${id}`, { headers: cast.headers.admin, body })
  expect(answer.status).toBe(200)
  expect({ ...(await read()), updated_at: null }).toEqual({ ...before, updated_at: null })
})

describe('the versioned API has the same rules for what is for admins', () => {
  const absent = '0198c5a2-6c1e-7b3a-9d2f-3f1c5e7a9b01'
  test.each([
    ['GET', '/admin/users', 200],
    ['GET', '/admin/usage/stats', 200],
    ['POST', '/admin/tools', 400],
    ['PATCH', `/admin/tools/${absent}`, 404],
    ['DELETE', `/admin/tools/${absent}`, 404],
  ] as const)('%s %s', async (method, path, forAdmins) => {
    const expected = {
      anonymous: 401,
      owner: 403,
      other: 403,
      "owner's key": 403,
      "admin's key": 403,
      admin: forAdmins,
    }
    for (const [caller, status] of Object.entries(expected)) {
      const headers = cast.headers[caller as Caller]
      const body =
        method === 'GET' || method === 'DELETE'
          ? undefined
          : { ...(method === 'PATCH' ? { is_active: true } : {}) }
      expect([caller, (await call(method, path, { headers, body })).status]).toEqual([caller, status])
    }
  })
})
