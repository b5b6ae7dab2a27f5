import { setImmediate as nextTurn } from 'node:timers/promises'
import type { SanitizedConfig } from 'payload'
import { requestCredential } from '../../domain/accounts/payload/strategy'
import { findPrincipal } from '../../domain/accounts/principal'
import { Problem } from '../../platform/kernel/problem'
import { perProcess } from '../../platform/kernel/process'
import { type EndTurn, Turns } from '../../platform/payload/lists/turns'
import { runtime } from '../../platform/runtime/runtime'

/** Bytes of a body of the generated API that are read for anybody. */
export const OPEN_LIMIT_BYTES = 65_536
/** Bodies above this are worked on one after another. */
export const TURN_BYTES = 16_384

/** A body is parsed by then. A request that takes longer waits for the database, a bucket or a tool. */
const LONGEST_TURN_MS = 30

/** What the guard does about a body above the open limit: before it is kept, and before it is parsed. */
export type LargeBodies = {
  requireCaller(): Promise<void>
  takeTurn(): Promise<void>
  end(): void
}

/**
 * A body above the open limit is read for a caller who is signed in alone, and one above `TURN_BYTES` is worked on after
 * the one before it: to parse a large one keeps the process busy, and twenty at once would keep everybody else waiting.
 * Call `end` when it was answered.
 */
export function largeBodies({ headers }: Request, config: SanitizedConfig): LargeBodies {
  let caller = ''
  let endTurn: EndTurn = () => undefined
  let timer: NodeJS.Timeout | undefined
  return {
    async requireCaller() {
      const { pool, secret } = runtime()
      const credential = await requestCredential(headers, { config }, secret)
      const principal = credential && (await findPrincipal(pool, credential, null))
      if (!principal)
        throw new Problem('UNAUTHORIZED', `Sign in first: a body above ${OPEN_LIMIT_BYTES} bytes needs it`)
      caller = principal.userId
    },
    async takeTurn() {
      endTurn = await perProcess('generated-api.large-bodies', () => new Turns(1)).take(caller, 1)
      // Others are answered between one large body and the next.
      await nextTurn()
      timer = setTimeout(endTurn, LONGEST_TURN_MS)
    },
    end() {
      clearTimeout(timer)
      endTurn()
    },
  }
}
