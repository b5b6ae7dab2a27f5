import type { UsageCell } from '../../domain/usage/activity'
import { grouped } from '../../platform/kernel/grouped'

export type Sums = { calls: number; failed: number; tokens: number; successRate: number | null }

/** Sums cells into one. The success rate is null if no call ended. */
export function sumOf(cells: UsageCell[]): Sums {
  let [succeeded, failed, tokens] = [0, 0, 0]
  for (const cell of cells) {
    succeeded += cell.succeeded
    failed += cell.failed
    tokens += cell.tokens
  }
  const calls = succeeded + failed
  return { calls, failed, tokens, successRate: calls > 0 ? succeeded / calls : null }
}

/** Sums cells by tool, into one each. */
export const sumsByTool = (cells: UsageCell[]): Array<Sums & { toolId: string }> =>
  [...grouped(cells, ({ toolId }) => toolId)].map(([toolId, group]) => ({ toolId, ...sumOf(group) }))
