import { once } from 'node:events'
import { generateApiKey } from '../src/domain/accounts/api-key-format'
import { type Load, loads, prepareBounds } from './bounds-loads'
import { type Child, startScript } from './children'
import type { Stage } from './stage'
import { latencyOf } from './statistics'
import { printTable, tenth, whole } from './tables'
import { forgetPeak, peakMemory } from './usage-of-machine'

const CONNECTIONS = 20
const MOST_P99_MS = 200
const MOST_MEMORY_MB = 700

/** The heaviest requests that the hub's bounds let through, from 20 connections, and what `/health` says meanwhile. */
export async function runBoundsPart(stage: Stage, durationMs: number): Promise<void> {
  const content = await prepareBounds(stage)
  const probe = await startScript('health-probe', { BENCH_HUB_URL: stage.hub.url })
  const rows: string[][] = []
  try {
    rows.push(await play(stage, probe, { name: 'no load', ask: async () => 0 }, durationMs))
    for (const load of loads(stage, content, generateApiKey().key))
      rows.push(await play(stage, probe, load, durationMs))
  } finally {
    await probe.stop()
  }
  const head = ['20 connections', 'requests', 'statuses', '/health p50 ms', 'p99 ms', 'memory MB', 'met']
  printTable('The heaviest requests that the bounds let through', head, rows)
}

async function play(stage: Stage, probe: Child, load: Load, durationMs: number): Promise<string[]> {
  await forgetPeak(stage.hub.pid)
  await timesOf(probe)
  const statuses = new Map<number, number>()
  const until = performance.now() + durationMs
  const connection = async (at: number) => {
    while (performance.now() < until) {
      const status = await load.ask(at)
      statuses.set(status, (statuses.get(status) ?? 0) + 1)
      if (status === 0) await new Promise((resolve) => setTimeout(resolve, 100))
    }
  }
  await Promise.all(Array.from({ length: CONNECTIONS }, (_, at) => connection(at)))
  const health = latencyOf(await timesOf(probe))
  const memory = await peakMemory(stage.hub.pid)
  statuses.delete(0)
  const count = [...statuses.values()].reduce((sum, one) => sum + one, 0)
  const met = health.p99 <= MOST_P99_MS && memory <= MOST_MEMORY_MB
  const shown = [...statuses].map(([status, times]) => `${status}: ${times}`).join(', ')
  return [
    load.name,
    whole(count),
    shown,
    tenth(health.p50),
    tenth(health.p99),
    whole(memory),
    met ? 'yes' : 'no',
  ]
}

async function timesOf(probe: Child): Promise<number[]> {
  const answered = once(probe.process, 'message')
  probe.process.send({})
  const [{ times }] = (await answered) as [{ times: number[] }]
  return times
}
