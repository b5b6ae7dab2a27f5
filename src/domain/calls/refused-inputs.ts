import { networkOf } from '../../platform/kernel/networks'
import { type Problem, tooMany } from '../../platform/kernel/problem'
import { perProcess } from '../../platform/kernel/process'
import type { Credential } from '../accounts/credential'
import { Recent } from '../accounts/recent'

const WINDOW_MS = 60_000
/** Refused inputs a minute. A program that tries until it fits gets there; one that goes on for ever should not. */
const MOST_OF_CALLER = 120
const MOST_OF_ADDRESS = 600
const MOST_REMEMBERED = 10_000

type Window = { endsAt: number; count: number }
/** Who was refused, by what they signed in with: known before the database is asked. */
type Refused = { userId: string; network: string | null }

/**
 * Counts refused inputs in this process, by their caller and by their network: each costs a check of the input, and no
 * plan's rate counts it. Over the limit of a network only those are turned away who were refused themselves in its
 * minute: others behind the same address go on.
 */
export class RefusedInputs {
  readonly #callers = new Recent<Window>(MOST_REMEMBERED)
  readonly #networks = new Recent<Window>(MOST_REMEMBERED)
  readonly #known = new Recent<Refused>(MOST_REMEMBERED)
  #endsAt = 0

  constructor(private readonly clock: () => number = Date.now) {}

  /** How long (ms) inputs of this credential are not looked at; 0 where they are. */
  waitMs(credential: Credential): number {
    // Most processes refused nobody in this minute.
    if (this.#endsAt <= this.clock()) return 0
    const refused = this.#known.get(nameOf(credential))
    return refused ? this.#waitOf(refused) : 0
  }

  /** Notes one more. Answers how long (ms) its sender is not listened to. */
  note(credential: Credential, userId: string, address: string | null): number {
    const refused = { userId, network: address === null ? null : networkOf(address) }
    this.#known.set(nameOf(credential), refused)
    this.#endsAt = this.clock() + WINDOW_MS
    this.#count(this.#callers, userId)
    if (refused.network !== null) this.#count(this.#networks, refused.network)
    return this.#waitOf(refused)
  }

  #count(windows: Recent<Window>, name: string): void {
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

  #over(windows: Recent<Window>, name: string, most: number): number {
    const window = windows.get(name)
    return window && window.count > most ? Math.max(0, window.endsAt - this.clock()) : 0
  }
}

const refusedInputs = () => perProcess('gateway.refused-inputs', () => new RefusedInputs())

/** The credential as one text. */
export function nameOf(credential: Credential): string {
  return credential.kind === 'api-key' ? `key ${credential.keyHash}` : `user ${credential.userId}`
}

/** Throws RATE_LIMITED where too many inputs of this credential were refused in the last minute. */
export function requireFewRefused(credential: Credential): void {
  const waitMs = refusedInputs().waitMs(credential)
  if (waitMs > 0) throw tooOften(waitMs)
}

/** Counts an input that was refused: RATE_LIMITED where that was one too many, else the refusal itself. */
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
