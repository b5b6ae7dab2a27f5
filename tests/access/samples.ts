import { randomInt } from 'node:crypto'
import type { Pool } from 'pg'
import { PASSWORD, unique } from '../support/people'
import type { Cast } from './callers'
import { KINDS, type Kind } from './documents'

/** What a caller sends to make a document of this kind: right in every field, so that only access can refuse it. */
export async function newData(db: Pool, kind: Kind, cast: Cast): Promise<Record<string, unknown>> {
  switch (KINDS[kind].collection) {
    case 'users':
      return { name: 'New', email: `${unique('new')}@example.org`, password: PASSWORD, role: 'user' }
    case 'api-keys':
      return { name: 'a new key' }
    case 'tools':
      return {
        name: unique('New'),
        slug: unique('new'),
        description: 'New',
        endpoint: 'http://127.0.0.1:9/',
        minimumTier: 'free',
        adapter: 'http',
        meteringMode: 'reported',
      }
    case 'plans':
      return { ...newPlanData(), features: [] }
    case 'subscriptions':
      await db.query('delete from subscriptions where user_id = $1', [cast.other.id])
      return { user: cast.other.id, plan: await freePlan(db), status: 'active' }
    case 'usage-logs':
      return { toolName: 'forged', user: cast.owner.id, status: 'success', tokensUsed: 0 }
    case 'alerts':
      return { title: 'forged' }
    case 'refusals':
      return { reason: 'forged', layer: 'plan' }
    case 'audit-logs':
      return { action: 'update', via: 'system', subject: 'users', title: 'forged' }
    case 'media':
      return { alt: 'New' }
    case 'payload-preferences':
      return { key: unique('key'), value: { open: true } }
    case 'payload-locked-documents':
      return {
        document: { relationTo: 'users', value: cast.owner.id },
        user: { relationTo: 'users', value: cast.adminId },
      }
    default:
      return { key: unique('key'), data: { forged: true } }
  }
}

/** What a caller sends to change a document of this kind. */
export const CHANGES: Record<(typeof KINDS)[Kind]['collection'], Record<string, unknown>> = {
  users: { name: 'Changed' },
  'api-keys': { name: 'Changed' },
  tools: { description: 'Changed' },
  plans: { title: 'Changed' },
  subscriptions: { status: 'cancelled' },
  'usage-logs': { errorCode: 'CHANGED' },
  alerts: { title: 'changed' },
  refusals: { reason: 'changed' },
  'audit-logs': { title: 'changed' },
  media: { alt: 'Changed' },
  'payload-preferences': { value: { changed: true } },
  'payload-locked-documents': { globalSlug: 'changed' },
  'payload-kv': { data: { changed: true } },
}

const newPlanData = () => ({
  name: unique('new'),
  title: 'New',
  tier: 'free',
  rank: randomInt(1_000, 2_000_000_000),
  tokenLimit: 1,
  requestsPerMinute: 1,
  burst: 1,
  callsAtOnce: 1,
  priceCents: 0,
  currency: 'USD',
})

async function freePlan(db: Pool): Promise<string> {
  const found = await db.query<{ id: string }>(`select id from plans where name = 'free'`)
  return (found.rows[0] as { id: string }).id
}
