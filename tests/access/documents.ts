import { randomInt } from 'node:crypto'
import type { Pool } from 'pg'
import { v7 as newId } from 'uuid'
import { unique } from '../support/people'
import type { Caller, Cast } from './callers'

/** What the table speaks of: collections, and documents of a collection that have a rule of their own. */
export const KINDS = {
  users: { collection: 'users', table: 'users' },
  'api-keys': { collection: 'api-keys', table: 'api_keys' },
  tools: { collection: 'tools', table: 'tools' },
  'tools that are switched off': { collection: 'tools', table: 'tools' },
  plans: { collection: 'plans', table: 'plans' },
  subscriptions: { collection: 'subscriptions', table: 'subscriptions' },
  'usage-logs': { collection: 'usage-logs', table: 'usage_logs' },
  media: { collection: 'media', table: 'media' },
  'media that is the icon of a tool': { collection: 'media', table: 'media' },
  alerts: { collection: 'alerts', table: 'alerts' },
  refusals: { collection: 'refusals', table: 'refusals' },
  'audit-logs': { collection: 'audit-logs', table: 'audit_logs' },
  'payload-preferences': { collection: 'payload-preferences', table: 'payload_preferences' },
  'payload-locked-documents': { collection: 'payload-locked-documents', table: 'payload_locked_documents' },
  'payload-kv': { collection: 'payload-kv', table: 'payload_kv' },
} as const
export type Kind = keyof typeof KINDS

/** Makes a document that belongs to the owner, straight in the database. Answers its id. */
export async function newDocument(db: Pool, kind: Kind, cast: Cast, caller: Caller): Promise<string> {
  return MAKERS[kind](db, cast, caller)
}

type Maker = (db: Pool, cast: Cast, caller: Caller) => Promise<string>

const owned: Record<'user' | 'plan' | 'tool', (db: Pool, cast: Cast) => Promise<string>> = {
  user: async (db) => insert(db, 'users', { name: 'Somebody', email: `${unique('row')}@example.org` }),
  plan: (db) => insert(db, 'plans', planRow()),
  tool: (db) => insert(db, 'tools', toolRow(true)),
}

const MAKERS: Record<Kind, Maker> = {
  // The owner's account is the owner; whoever else asks is shown an account that may go.
  users: async (db, cast, caller) => (caller.startsWith('owner') ? cast.owner.id : owned.user(db, cast)),
  'api-keys': (db, { owner }) =>
    insert(db, 'api_keys', {
      name: 'a key',
      user_id: owner.id,
      key_prefix: 'jhub_x',
      key_hash: unique('hash'),
    }),
  tools: owned.tool,
  'tools that are switched off': (db) => insert(db, 'tools', toolRow(false)),
  plans: owned.plan,
  subscriptions: async (db, cast) => {
    await db.query('delete from subscriptions where user_id = $1', [cast.owner.id])
    const plan = (await db.query<{ id: string }>(`select id from plans where name = 'free'`)).rows[0]?.id
    const period = { period_start: new Date(), period_end: new Date(Date.now() + 86_400_000 * 20) }
    return insert(db, 'subscriptions', {
      user_id: cast.owner.id,
      plan_id: plan,
      started_at: new Date(),
      ...period,
    })
  },
  'usage-logs': async (db, cast) =>
    insert(db, 'usage_logs', {
      user_id: cast.owner.id,
      tool_id: newId(),
      tool_name: 'A tool',
      plan_id: newId(),
      period_start: new Date(),
      status: 'success',
      request_id: newId(),
      settled_at: new Date(),
    }),
  media: (db, { owner }) => insert(db, 'media', { alt: 'An avatar', owner_id: owner.id }),
  'media that is the icon of a tool': async (db, { adminId }) => {
    const id = await insert(db, 'media', { alt: 'An icon', owner_id: adminId })
    await insert(db, 'tools', { ...toolRow(true), icon_id: id })
    return id
  },
  alerts: (db, { owner }) =>
    insert(db, 'alerts', {
      at: new Date(),
      kind: 'usage-80',
      key: unique('key'),
      user_id: owner.id,
      title: 'An alert',
      data: '{}',
      last_seen_at: new Date(),
      state: 'nobody',
    }),
  refusals: (db, { owner }) =>
    insert(db, 'refusals', {
      at: new Date(),
      user_id: owner.id,
      layer: 'plan',
      reason: 'plan-too-low',
      code: 'PLAN_UPGRADE_REQUIRED',
      message: 'no',
      request_id: newId(),
    }),
  'audit-logs': (db, { owner }) =>
    insert(db, 'audit_logs', {
      action: 'update',
      actor_id: owner.id,
      actor_email: owner.email,
      via: 'session',
      subject: 'users',
      subject_id: owner.id,
    }),
  'payload-preferences': (db, { owner }) => {
    // REST names a preference by its key, GraphQL by its id: here they are the same.
    const id = newId()
    return related(db, 'payload_preferences', { id, key: id }, owner.id)
  },
  'payload-locked-documents': (db, { owner }) => related(db, 'payload_locked_documents', {}, owner.id),
  'payload-kv': (db) => insert(db, 'payload_kv', { key: unique('key'), data: '{}' }),
}

const toolRow = (isActive: boolean) => ({
  name: unique('Row'),
  slug: unique('row'),
  description: 'A tool of a test',
  endpoint: 'http://127.0.0.1:9/secret-place',
  headers: '{"X-Plain": "hidden-header"}',
  is_active: isActive,
})

const planRow = () => ({
  title: 'Row',
  name: unique('row'),
  tier: 'free',
  rank: randomInt(1_000, 2_000_000_000),
  token_limit: 1,
  requests_per_minute: 1,
  burst: 1,
  calls_at_once: 1,
})

async function insert(db: Pool, table: string, row: Record<string, unknown>): Promise<string> {
  const entries = Object.entries({ id: newId(), ...row })
  const columns = entries.map(([name]) => name).join(', ')
  const places = entries.map((_, at) => `$${at + 1}`).join(', ')
  const values = entries.map(([, value]) => value)
  const made = await db.query<{ id: string }>(
    `insert into ${table} (${columns}) values (${places}) returning id`,
    values,
  )
  return (made.rows[0] as { id: string }).id
}

async function related(
  db: Pool,
  table: string,
  row: Record<string, unknown>,
  userId: string,
): Promise<string> {
  const id = await insert(db, table, row)
  const values = [id, userId]
  await db.query(`insert into ${table}_rels (parent_id, path, users_id) values ($1, 'user', $2)`, values)
  return id
}

/** What a row is at the moment, as text that differs after any write; null when it is gone. */
export async function rowVersion(db: Pool, kind: Kind, id: string): Promise<string | null> {
  const found = await db.query<{ version: string }>(
    `select xmin::text as version from ${KINDS[kind].table} where id = $1`,
    [id],
  )
  return found.rows[0]?.version ?? null
}
