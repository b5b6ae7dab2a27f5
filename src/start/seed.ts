import type { Payload } from 'payload'
import type { Pool } from 'pg'
import { seedTools } from '../domain/tools/builtin'
import { runtime } from '../platform/runtime/runtime'

/** The first values of what admins own from then on (requirements, "Configuration that admins own"). */
const PLANS = [
  {
    name: 'free',
    title: 'Free',
    tier: 'free',
    rank: 1,
    priceCents: 0,
    tokenLimit: 1_000,
    requestsPerMinute: 60,
    burst: 30,
    callsAtOnce: 10,
    features: ['1,000 tokens a month', 'The basic tools'],
  },
  {
    name: 'pro',
    title: 'Pro',
    tier: 'pro',
    rank: 2,
    priceCents: 2_900,
    tokenLimit: 50_000,
    requestsPerMinute: 600,
    burst: 100,
    callsAtOnce: 50,
    features: ['50,000 tokens a month', 'Every pro tool', '600 calls a minute'],
  },
  {
    name: 'enterprise',
    title: 'Enterprise',
    tier: 'enterprise',
    rank: 3,
    priceCents: 19_900,
    tokenLimit: 500_000,
    requestsPerMinute: 6_000,
    burst: 500,
    callsAtOnce: 200,
    features: ['500,000 tokens a month', 'Every tool', '6,000 calls a minute'],
  },
] as const

/**
 * Gives a new hub its three plans and the tools that it brings along. A hub that has a plan is not new: what an
 * admin changed or deleted never comes back. Runs under the migration's lock.
 */
export async function seed(payload: Payload, pool: Pool): Promise<void> {
  const known = await pool.query('select 1 from plans limit 1')
  if (known.rowCount) return
  for (const { features, ...plan } of PLANS) {
    const data = {
      ...plan,
      currency: 'USD',
      selfService: true,
      features: features.map((text) => ({ text })),
    }
    await payload.create({ collection: 'plans', data: data as never })
  }
  for (const tool of [...seedTools, ...localModel()])
    await payload.create({ collection: 'tools', data: { ...tool, _status: 'published' } as never })
}

/** A tool for the local model that the configuration names. */
function localModel() {
  const { localModel: local } = runtime().config
  if (!local) return []
  const about = {
    name: 'Local model',
    slug: 'local-model',
    description: `${local.name}, on the hub's own machine.`,
  }
  const call = { adapter: 'openai', endpoint: local.url, model: local.name, maxOutputTokens: 1_000 }
  return [
    { ...about, ...call, category: 'Language', minimumTier: 'free', timeoutMs: 120_000, isActive: true },
  ]
}
