import { type Measured, measure, type Scenario, VARIANTS, type Variant } from './invocations'
import type { Options } from './options'
import type { Stage } from './stage'
import { median } from './statistics'
import { printTable, tenth, times, whole } from './tables'

const WARM_UP_MS = 500

/** The least that the hub's rate has to be of the bare proxy's. */
const TARGETS: Array<{ scenario: Scenario; rate: number }> = [
  { scenario: { connections: 16, keys: 'spread', tool: 0 }, rate: 1 },
  { scenario: { connections: 50, keys: 'spread', tool: 0 }, rate: 1.5 },
  { scenario: { connections: 200, keys: 'spread', tool: 0 }, rate: 1.8 },
  { scenario: { connections: 50, keys: 'one', tool: 0 }, rate: 2.5 },
]

type Round = Record<Variant, Measured>

/**
 * Invocations: tool, bare proxy and hub in turn, in another order each round, so that what the machine does
 * meanwhile meets all alike. Ratios are made within a round; the median of the rounds is told.
 */
export async function runInvokePart(stage: Stage, options: Options): Promise<void> {
  const scenarios = options.full ? allScenarios() : subset()
  const rounds = new Map<Scenario, Round[]>(scenarios.map((scenario) => [scenario, []]))
  const span = { mode: 'loop', warmUpMs: WARM_UP_MS, durationMs: options.durationMs } as const
  const first = scenarios.find(({ connections }) => connections >= 50) ?? scenarios[0]
  for (const variant of VARIANTS)
    await measure(stage, variant, first as Scenario, { ...span, warmUpMs: 3_000, durationMs: 100 })
  for (let round = 0; round < options.rounds; round += 1)
    for (const scenario of scenarios) {
      const order = [...VARIANTS.slice(round % 3), ...VARIANTS.slice(0, round % 3)]
      const measured: Partial<Round> = {}
      for (const variant of order) measured[variant] = await measure(stage, variant, scenario, span)
      rounds.get(scenario)?.push(measured as Round)
      process.stdout.write('.')
    }
  process.stdout.write('\n')
  report(rounds)
}

function allScenarios(): Scenario[] {
  return ([0, 50] as const).flatMap((tool) =>
    (['spread', 'one'] as const).flatMap((keys) =>
      [1, 16, 50, 200].map((connections) => ({ connections, keys, tool })),
    ),
  )
}

function subset(): Scenario[] {
  return [
    { connections: 1, keys: 'spread', tool: 0 },
    ...TARGETS.map(({ scenario }) => scenario),
    { connections: 50, keys: 'spread', tool: 50 },
  ]
}

function report(rounds: Map<Scenario, Round[]>): void {
  const figures: string[][] = []
  const ratios: string[][] = []
  for (const [scenario, all] of rounds) {
    for (const variant of VARIANTS) figures.push(figureRow(scenario, variant, all))
    ratios.push(ratioRow(scenario, all))
  }
  printTable(
    'Invocations (medians of the rounds; ms; CPU in µs a call)',
    ['scenario', 'through', 'calls/s', 'p50', 'p95', 'p99', 'CPU Node', 'CPU PostgreSQL', 'MB', 'errors'],
    figures,
  )
  printTable(
    'The hub against the bare proxy (medians of ratios within a round), and what it adds to the tool itself',
    ['scenario', 'rate', 'p50', 'target', 'met', 'added p50 (ms)', 'added p95 (ms)'],
    ratios,
  )
}

function figureRow(scenario: Scenario, variant: Variant, all: Round[]): string[] {
  const of = (pick: (one: Measured) => number) => median(all.map((round) => pick(round[variant])))
  const errors = all.flatMap((round) => Object.entries(round[variant].errors))
  return [
    nameOf(scenario),
    variant,
    whole(of((one) => one.perSecond)),
    tenth(of((one) => one.latency.p50)),
    tenth(of((one) => one.latency.p95)),
    tenth(of((one) => one.latency.p99)),
    whole(of((one) => one.nodeCpu)),
    variant === 'direct' ? '–' : whole(of((one) => one.postgresCpu)),
    whole(Math.max(...all.map((round) => round[variant].memory))),
    errors.map(([what, count]) => `${what}: ${count}`).join(', ') || '0',
  ]
}

function ratioRow(scenario: Scenario, all: Round[]): string[] {
  const rate = median(all.map(({ hub, bare }) => hub.perSecond / bare.perSecond))
  const p50 = median(all.map(({ hub, bare }) => hub.latency.p50 / bare.latency.p50))
  const added = (share: 'p50' | 'p95') =>
    median(all.map(({ hub, direct }) => hub.latency[share] - direct.latency[share]))
  const target = TARGETS.find((one) => nameOf(one.scenario) === nameOf(scenario))
  const verdict = target ? (rate >= target.rate ? 'yes' : 'no') : ''
  return [
    nameOf(scenario),
    times(rate),
    times(p50),
    target ? `rate ≥ ${times(target.rate)}` : '',
    verdict,
    tenth(added('p50')),
    tenth(added('p95')),
  ]
}

function nameOf({ connections, keys, tool }: Scenario): string {
  return `${connections} conn., ${keys === 'one' ? 'one key' : '200 keys'}, tool ${tool === 0 ? 'at once' : `${tool} ms`}`
}
