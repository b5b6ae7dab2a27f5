import { parseArgs } from 'node:util'
import { type Measured, measure, type Scenario } from './invocations'
import { besideStage, openStage, type Stage } from './stage'
import { median, percentile } from './statistics'
import { printTable, tenth, times, whole } from './tables'
import { machineFacts } from './usage-of-machine'

/**
 * `npm run bench:beside -- --checkout <folder>`: invocations through this checkout's hub and through another's, in turn.
 * What counts is CPU per call (Node and PostgreSQL together), the median of the ratios within a round.
 */
const { values } = parseArgs({
  options: {
    checkout: { type: 'string' },
    rounds: { type: 'string', default: '20' },
    seconds: { type: 'string', default: '3' },
    connections: { type: 'string', default: '1,16,50,200' },
  },
})
if (values.checkout === undefined)
  throw new Error('--checkout names the folder of the other hub, which is built')
const SCENARIOS: Scenario[] = values.connections.split(',').map((connections) => ({
  connections: Number(connections),
  keys: 'spread',
  tool: 0,
}))
const WARM_UP: Scenario = { connections: 50, keys: 'spread', tool: 0 }
const span = { mode: 'loop', warmUpMs: 500, durationMs: Number(values.seconds) * 1_000 } as const

type Round = { own: Measured; other: Measured }
const own = await openStage()
try {
  process.stdout.write(`\n${await machineFacts(own.hubPool)}\n`)
  const other = await besideStage(own, values.checkout)
  try {
    report(await play(own, other, Number(values.rounds)))
  } finally {
    await other.close()
  }
} finally {
  await own.close()
}

async function play(own: Stage, other: Stage, rounds: number): Promise<Map<Scenario, Round[]>> {
  const found = new Map<Scenario, Round[]>(SCENARIOS.map((scenario) => [scenario, []]))
  const warm = { ...span, warmUpMs: 3_000, durationMs: 100 }
  for (const stage of [own, other]) await measure(stage, 'hub', WARM_UP, warm)
  for (let round = 0; round < rounds; round += 1)
    for (const scenario of SCENARIOS) {
      const first = await measure(round % 2 === 0 ? own : other, 'hub', scenario, span)
      const second = await measure(round % 2 === 0 ? other : own, 'hub', scenario, span)
      found
        .get(scenario)
        ?.push(round % 2 === 0 ? { own: first, other: second } : { own: second, other: first })
      process.stdout.write('.')
    }
  process.stdout.write('\n')
  return found
}

function report(rounds: Map<Scenario, Round[]>): void {
  const rows = [...rounds].map(([{ connections }, all]) => {
    const ratio = (pick: (one: Measured) => number) =>
      all.map(({ own, other }) => pick(own) / pick(other)).sort((a, b) => a - b)
    const cpu = ratio(({ nodeCpu, postgresCpu }) => nodeCpu + postgresCpu)
    const of = (pick: (one: Measured) => number, whose: keyof Round) =>
      median(all.map((round) => pick(round[whose])))
    return [
      `${connections} conn.`,
      times(median(cpu)),
      `${times(percentile(cpu, 0.25))} to ${times(percentile(cpu, 0.75))}`,
      `${whole(of((one) => one.nodeCpu, 'own'))} / ${whole(of((one) => one.nodeCpu, 'other'))}`,
      `${whole(of((one) => one.postgresCpu, 'own'))} / ${whole(of((one) => one.postgresCpu, 'other'))}`,
      times(median(ratio((one) => one.perSecond))),
      `${tenth(of((one) => one.latency.p50, 'own'))} / ${tenth(of((one) => one.latency.p50, 'other'))}`,
    ]
  })
  printTable(
    'This checkout beside the other (medians; CPU in µs a call, this / other)',
    ['', 'CPU a call', 'quartiles', 'CPU Node', 'CPU PostgreSQL', 'rate', 'p50 ms'],
    rows,
  )
}
