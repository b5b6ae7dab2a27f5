import { LRUCache } from 'lru-cache'
import { networkOf } from '../../platform/kernel/networks'
import { type Problem, tooMany } from '../../platform/kernel/problem'
import { perProcess } from '../../platform/kernel/process'
import type { Credential } from '../accounts/credential'

const WINDOW_MS = 60_000
/**
 * Maximum refused inputs per minute. It is enough for a program that corrects its input step by step, but stops one
 * that never ends.
 */
const MOST_OF_CALLER = 120
const MOST_OF_ADDRESS = 600
const MOST_REMEMBERED = 10_000

type Window = { endsAt: number; count: number }
/** A refused caller, stored by credential: so it is found without asking the database. */
type Refused = { userId: string; network: string | null }

/**
 * Counts refused inputs in this process, by caller and by network, because each costs a check of the input and no
 * plan's rate counts it. Over a network's limit, only callers who were refused themselves during its minute must
 * wait; others at the same address are not affected.
 */
export class RefusedInputs {
  readonly #callers = new LRUCache<string, Window>({ max: MOST_REMEMBERED })
  readonly #networks = new LRUCache<string, Window>({ max: MOST_REMEMBERED })
  readonly #known = new LRUCache<string, Refused>({ max: MOST_REMEMBERED })
  #endsAt = 0

  constructor(private readonly clock: () => number = Date.now) {}

  /** How long (ms) inputs with this credential are rejected unchecked; 0 if they are checked. */
  waitMs(credential: Credential): number {
    // Most processes refused no input in the last minute.
    if (this.#endsAt <= this.clock()) return 0
    const refused = this.#known.get(nameOf(credential))
    return refused ? this.#waitOf(refused) : 0
  }

  /** Counts one more refused input. Returns how long (ms) the caller's inputs are rejected unchecked. */
  note(credential: Credential, userId: string, address: string | null): number {
    const refused = { userId, network: address === null ? null : networkOf(address) }
    this.#known.set(nameOf(credential), refused)
    this.#endsAt = this.clock() + WINDOW_MS
    this.#count(this.#callers, userId)
    if (refused.network !== null) this.#count(this.#networks, refused.network)
    return this.#waitOf(refused)
  }

  #count(windows: LRUCache<string, Window>, name: string): void {
    const now = this.clock()
    const window = windows.get(name)
    if (window && window.endsAt > now) window.count += 1
    else windows.set(name, { endsAt: now + WINDOW_MS, count: 1 })
  }

  #waitOf({ userId, network }: Refused): number {
    const ofCaller = this.#over(this.#callers, userId, MOST_OF_CALLER)
    return network === null
      ? ofCaller
      : Math.max(ofCaller, this.#over(this.#networks, network, MOST_OF_ADDRESS))
  }

  #over(windows: LRUCache<string, Window>, name: string, most: number): number {
    const window = windows.get(name)
    return window && window.count > most ? Math.max(0, window.endsAt - this.clock()) : 0
  }
}

const refusedInputs = () => perProcess('gateway.refused-inputs', () => new RefusedInputs())

/** The credential as one text. */
export function nameOf(credential: Credential): string {
  return credential.kind === 'api-key' ? `key ${credential.keyHash}` : `user ${credential.userId}`
}

/** Throws RATE_LIMITED if too many inputs with this credential were refused in the last minute. */
export function requireFewRefused(credential: Credential): void {
  const waitMs = refusedInputs().waitMs(credential)
  if (waitMs > 0) throw tooOften(waitMs)
}

/** Counts a refused input. Returns RATE_LIMITED if it was one too many, otherwise the refusal itself. */
export function countRefused(
  { credential, userId, address }: { credential: Credential; userId: string; address: string | null },
  refusal: Problem,
): Problem {
  const waitMs = refusedInputs().note(credential, userId, address)
  return waitMs > 0 ? tooOften(waitMs) : refusal
}

function tooOften(waitMs: number): Problem {
  const message = `Your inputs were refused too often: ${MOST_OF_CALLER} a minute are looked at. Correct them, then go on in a moment.`
  return tooMany(message, waitMs / 1_000)
}
