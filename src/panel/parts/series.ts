import type { UsageCell } from '../../domain/usage/activity'

/** One colour of a stacked chart: a name and a value for each step. */
export type Series = { id: string; name: string; values: number[]; total: number }

const MOST_SERIES = 5

type Naming = {
  key: (cell: UsageCell) => string
  name: (id: string) => string
  value: (cell: UsageCell) => number
}

/**
 * Turns cells into the series of a stacked chart over `steps` of equal length, the largest first. After five series the
 * rest is one series, `others`, so that the colours stay distinct.
 */
export function toSeries(cells: UsageCell[], steps: Date[], { key, name, value }: Naming): Series[] {
  const [first = 0, second = Number.POSITIVE_INFINITY] = steps.map((step) => step.getTime())
  const series = new Map<string, Series>()
  for (const cell of cells) {
    const index = Math.floor((cell.at.getTime() - first) / (second - first))
    if (index < 0 || index >= steps.length) continue
    const id = key(cell)
    const one = series.get(id) ?? { id, name: name(id), values: steps.map(() => 0), total: 0 }
    series.set(id, one)
    one.values[index] = (one.values[index] ?? 0) + value(cell)
    one.total += value(cell)
  }
  const sorted = [...series.values()].filter(({ total }) => total > 0).sort((a, b) => b.total - a.total)
  if (sorted.length <= MOST_SERIES + 1) return sorted
  return [...sorted.slice(0, MOST_SERIES), merged(sorted.slice(MOST_SERIES), steps.length)]
}

function merged(rest: Series[], length: number): Series {
  const values = Array.from({ length }, (_, index) =>
    rest.reduce((sum, one) => sum + (one.values[index] ?? 0), 0),
  )
  const total = rest.reduce((sum, one) => sum + one.total, 0)
  return { id: 'others', name: `${rest.length} others`, values, total }
}

/** The lines of a chart's scale: 0, and up to four more at round distances, the last one at or above `most`. */
export function scaleOf(most: number): number[] {
  if (most <= 0) return [0, 1]
  const rough = most / 4
  const power = 10 ** Math.floor(Math.log10(rough))
  const step = Math.max(1, ([1, 2, 2.5, 5, 10].find((factor) => factor * power >= rough) as number) * power)
  return Array.from({ length: Math.ceil(most / step) + 1 }, (_, index) => index * step)
}
