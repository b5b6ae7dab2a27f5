import { setImmediate as nextTurn } from 'node:timers/promises'
import type { SanitizedConfig } from 'payload'
import { requestCredential } from '../../domain/accounts/payload/strategy'
import { findPrincipal } from '../../domain/accounts/principal'
import { Problem } from '../../platform/kernel/problem'
import { perProcess } from '../../platform/kernel/process'
import { type EndTurn, Turns } from '../../platform/payload/lists/turns'
import { runtime } from '../../platform/runtime/runtime'

/** The maximum body of the generated API that is read for everybody. */
export const OPEN_LIMIT_BYTES = 65_536
/** Larger bodies are processed one after another. */
export const TURN_BYTES = 16_384

/** After this time a body is parsed. A request that takes longer waits for the database, a bucket or a tool. */
const LONGEST_TURN_MS = 30

/** What the guard does for large bodies: before they are kept, and before they are parsed. */
export type LargeBodies = {
  requireCaller(): Promise<void>
  takeTurn(): Promise<void>
  end(): void
}

/**
 * A body above the open limit is read only for a caller who is signed in. Bodies above `TURN_BYTES` are processed one after
 * another: parsing a large body keeps the process busy, and twenty at once would make all others wait. Call `end` after
 * the response.
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
        throw new Problem('UNAUTHORIZED', `Sign in first: a body above ${OPEN_LIMIT_BYTES} bytes requires it`)
      caller = principal.userId
    },
    async takeTurn() {
      endTurn = await perProcess('generated-api.large-bodies', () => new Turns(1)).take(caller, 1)
      // Other requests run between two large bodies.
      await nextTurn()
      timer = setTimeout(endTurn, LONGEST_TURN_MS)
    },
    end() {
      clearTimeout(timer)
      endTurn()
    },
  }
}
