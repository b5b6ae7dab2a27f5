import { measure, type Scenario } from './invocations'
import type { Stage } from './stage'
import { printTable, tenth, whole } from './tables'

const CROWD: Scenario = { connections: 1_000, keys: 'spread', tool: 2_000 }
const MOST_ADDED_MS = 1_000
const MOST_MEMORY_MB = 600

/**
 * A thousand callers in the same instant on a tool that takes two seconds, directly and through the hub, which has
 * answered some calls before.
 */
export async function runCrowdPart(stage: Stage): Promise<void> {
  const before = { connections: 50, keys: 'spread', tool: 0 } as const
  await measure(stage, 'hub', before, { mode: 'loop', warmUpMs: 0, durationMs: 3_000 })
  const span = { mode: 'once', warmUpMs: 0, durationMs: 0 } as const
  const direct = await measure(stage, 'direct', CROWD, span)
  const hub = await measure(stage, 'hub', CROWD, span)
  const added = hub.latency.p95 - direct.latency.p95
  const errors = Object.values(hub.errors).reduce((sum, count) => sum + count, 0)
  const row = (name: string, figure: string, target: string, met: boolean) => [
    name,
    figure,
    target,
    met ? 'yes' : 'no',
  ]
  printTable(
    '1,000 callers in the same instant, a tool that takes 2 s (the ledger was equal and nothing held afterwards)',
    ['', 'measured', 'target', 'met'],
    [
      row('answered', whole(hub.answered), '1,000', hub.answered === CROWD.connections),
      row('errors', whole(errors), '0', errors === 0),
      ['CPU of the hub, ms', whole((hub.nodeCpu * hub.answered) / 1_000), '', ''],
      ['CPU of PostgreSQL, ms', whole((hub.postgresCpu * hub.answered) / 1_000), '', ''],
      row('added p95, ms', tenth(added), `≤ ${whole(MOST_ADDED_MS)}`, added <= MOST_ADDED_MS),
      row(
        'memory of the hub at its peak, MB',
        whole(hub.memory),
        `≤ ${MOST_MEMORY_MB}`,
        hub.memory <= MOST_MEMORY_MB,
      ),
    ],
  )
}
