import { bare } from './array-literal'
import type { Settlement } from './settlement'

function settlementValues(item: Settlement): unknown[] {
  const { modelTokens: counts, firstTokenMs } = item
  return [
    item.usageId.toLowerCase(),
    item.userId,
    item.status,
    whole(item.tokens),
    item.source,
    whole(item.durationMs),
    item.errorCode ?? null,
    item.now ?? null,
    counts?.inputTokens ?? null,
    counts?.cachedInputTokens ?? null,
    counts?.outputTokens ?? null,
    counts?.reasoningTokens ?? null,
    firstTokenMs == null ? null : whole(firstTokenMs),
  ]
}

const whole = (value: number) => Math.max(0, Math.round(value))

/** Settlements as the parameters of SETTLE_SQL, which shares one time. */
export function settlementColumns(items: Settlement[]): unknown[] {
  const rows = items.map(settlementValues)
  const column = (index: number) => rows.map((row) => row[index] as string | number | null)
  const sorted = (column(0) as string[]).sort()
  return [
    ...[0, 1, 2, 3, 4, 5].map((index) => bare(column(index))),
    // The only one that may need quotes.
    column(6),
    items[0]?.now ?? null,
    ...[8, 9, 10, 11, 12].map((index) => bare(column(index))),
    sorted[0],
    sorted[sorted.length - 1],
  ]
}
