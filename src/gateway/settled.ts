import { settle } from '../metering/metering'
import type { Settlement } from '../metering/settlement'
import type { GatewayRoom } from './admit-call'
import { keepUntilSettled } from './in-flight'

/** While the database is away settling goes on without end, but a caller is not made to wait for it longer. */
const WAIT_FOR_SETTLEMENT_MS = 5_000

/** Settles, and answers the caller at the latest after some seconds; the settlement itself never gives up. */
export function settled(room: GatewayRoom, settlement: Settlement): Promise<void> {
  const done = settle(settlement).catch((error: unknown) => {
    room.log.error({ err: error, usage_id: settlement.usageId }, 'settlement')
  })
  keepUntilSettled(done)
  return new Promise((resolve) => {
    const timer = setTimeout(resolve, WAIT_FOR_SETTLEMENT_MS)
    void done.then(() => {
      clearTimeout(timer)
      resolve()
    })
  })
}
