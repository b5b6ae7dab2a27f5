import type { Tier } from '../../billing/plans'
import type { BuiltinTool } from './builtin-tool'
import { builtinTools } from './registry'

type Offer = { builtin: string; name: string; category: string; minimumTier: Tier } & (
  | { meteringMode: 'fixed'; meteringTokens: number }
  | { meteringMode: 'counted' }
)

/** How the built-in functions are first offered. From then on the admins own this. */
const OFFERS: Offer[] = [
  {
    builtin: 'count-tokens',
    name: 'Count tokens',
    category: 'Text',
    minimumTier: 'free',
    meteringMode: 'fixed',
    meteringTokens: 10,
  },
  {
    builtin: 'detect-language',
    name: 'Detect language',
    category: 'Language',
    minimumTier: 'free',
    meteringMode: 'counted',
  },
  { builtin: 'keywords', name: 'Keywords', category: 'Text', minimumTier: 'free', meteringMode: 'counted' },
  { builtin: 'summarize', name: 'Summarize', category: 'Text', minimumTier: 'pro', meteringMode: 'counted' },
]

/** The tools of a new hub, as documents of the `tools` collection. */
export const seedTools = OFFERS.map((offer) => ({ ...offer, ...fromBuiltin(offer.builtin) }))

function fromBuiltin(name: string) {
  const { description, inputSchema, example } = builtinTools[name] as BuiltinTool
  return {
    slug: name,
    description,
    inputSchema,
    example,
    adapter: 'builtin' as const,
    timeoutMs: 30_000,
    retries: 0,
    isActive: true,
  }
}
