import { Batcher, type Verdict } from './batcher'
import type { Settlement } from './call'
import type { LedgerConnection } from './ledger-connection'
import { SETTLE, SETTLE_RARE } from './settlement-sql'
import type { Settling } from './settlement-values'

/** The sweep's error code for a call whose instance died, or whose deadline passed long ago. */
export const ABANDONED = 'ABANDONED'

/**
 * The queue that commits settlements. Each connection has one queue. While the database is away, settlements stay in
 * it and are tried again, until the hub `isClosing`.
 */
export function settlementQueue(
  connection: LedgerConnection,
  isClosing: () => boolean,
): Batcher<Settlement, void> {
  return new Batcher<Settlement, void>({
    run: (items) => settleBatch(connection, items),
    group: ({ now }) => now?.getTime() ?? null,
    // A pool that was ended does not come back.
    onAway: () => !isClosing(),
  })
}

async function settleBatch(connection: LedgerConnection, items: Settling[]): Promise<Array<Verdict<void>>> {
  // A batch would charge a call twice if it contained it twice, so the second one waits for the next statement.
  const first = new Map(items.map(({ item }, index) => [item.usageId, index] as const).reverse())
  const sent = items.filter(({ item }, index) => first.get(item.usageId) === index)
  // A call that the usual statement leaves unchanged comes back; then the full statement settles it.
  const isRare = sent.some(({ item, attempt }) => attempt > 0 || item.answer != null || wroteToCache(item))
  const { rows } = await connection.query<{ id: string }>(isRare ? SETTLE_RARE(sent) : SETTLE(sent))
  const named = new Set(rows.map(({ id }) => id))
  return items.map(({ item }, index) => {
    const isSettled = named.has(item.usageId.toLowerCase()) !== isRare && first.get(item.usageId) === index
    return isSettled ? { done: true, answer: undefined } : { done: false }
  })
}

/** Few calls write to a provider's cache, so the usual statements leave it out. */
const wroteToCache = ({ modelTokens }: Settlement) =>
  modelTokens != null && (modelTokens.cacheWrite5mTokens || modelTokens.cacheWrite1hTokens || 0) > 0
