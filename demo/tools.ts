import type { Tier } from '../src/domain/billing/plans'
import { demoId } from '../src/platform/database/demo-mark'

/** A tool of the demo: how it is offered, how often it is asked, how long it takes and how often it fails. */
export type DemoTool = {
  id: string
  name: string
  slug: string
  description: string
  category: string
  minimumTier: Tier
  metering: { mode: 'reported' | 'counted' } | { mode: 'fixed'; tokens: number }
  asked: number
  usualMs: number
  timeoutMs: number
  failing: number
  /** Hours before now in which it fails most of the time: from, until. */
  outage?: [number, number]
}

type Offer = [
  name: string,
  category: string,
  tier: Tier,
  metering: 'reported' | 'counted' | number,
  asked: number,
  usualMs: number,
  failing: number,
  outage?: [number, number],
]

/** A number in place of the metering mode is a fixed price. */
const OFFERS: Offer[] = [
  ['Chat assistant', 'Text', 'free', 'reported', 30, 1_400, 0.015],
  ['Translate', 'Language', 'free', 'reported', 18, 900, 0.01],
  ['Grammar check', 'Text', 'free', 'counted', 14, 350, 0.008],
  ['Text to speech', 'Audio', 'pro', 'counted', 9, 2_600, 0.02],
  ['Image caption', 'Images', 'free', 20, 8, 1_900, 0.02],
  ['Code review', 'Code', 'pro', 'reported', 13, 4_200, 0.02, [388, 382]],
  ['Meeting notes', 'Audio', 'pro', 'reported', 7, 6_500, 0.03],
  ['Sentiment', 'Text', 'free', 5, 9, 180, 0.005],
  ['Contract search', 'Documents', 'enterprise', 'reported', 8, 3_300, 0.02],
  ['Table extraction', 'Documents', 'pro', 'counted', 6, 2_900, 0.04, [7, 0]],
  ['Forecast', 'Data', 'enterprise', 50, 4, 5_100, 0.03],
  ['Answer with sources', 'Documents', 'enterprise', 'reported', 6, 3_800, 0.02],
]

/** The twelve tools. Their addresses do not exist: a real call fails and costs nothing. */
export const DEMO_TOOLS: readonly DemoTool[] = OFFERS.map(
  ([name, category, minimumTier, metering, asked, usualMs, failing, outage], index) => ({
    id: demoId('tool', index),
    name: `${name} (demo)`,
    slug: `demo-${name.toLowerCase().replaceAll(' ', '-')}`,
    description: 'Made-up data: npm run seed:demo -- --remove takes it away again.',
    category,
    minimumTier,
    metering: typeof metering === 'number' ? { mode: 'fixed', tokens: metering } : { mode: metering },
    asked,
    usualMs,
    timeoutMs: 30_000,
    failing,
    ...(outage ? { outage } : {}),
  }),
)
