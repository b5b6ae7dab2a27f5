import { Breaker, type BreakerState, type Health, type Pass } from './breaker'

/** For how long a trial is left to those whose own calls did not end ambiguously. */
export const OTHERS_FIRST_MS = 10_000

/** Leave to call for one caller; given back to `report`. */
export type CallerPass = { readonly caller: string; readonly all: Pass; readonly own: Pass | null }

/**
 * A breaker for everybody, and one for each caller whose calls took too long or made a model answer 500. No connection, a
 * reset and 502 to 504 speak of the tool. The former may be the input's fault: it counts in full for its caller alone,
 * and once for everybody until a call of somebody else fails. So no caller closes a tool to others by such inputs.
 */
export class CallerBreaker {
  readonly #all: Breaker
  readonly #own = new Map<string, Breaker>()
  /** Whose ambiguous failure was the last that counted for everybody, with no failure of somebody else after it. */
  #suspect: string | null = null

  constructor(private readonly clock: () => number = () => performance.now()) {
    this.#all = new Breaker(clock)
  }

  /** How calls pass for everybody. */
  get state(): BreakerState {
    return this.#all.state
  }

  /** Whether the tool is taken to be down for everybody. */
  get isOpen(): boolean {
    return this.#all.isOpen
  }

  /** Leave to call, or how long (ms) until asking makes sense for this caller. Who gets leave must `report`. */
  enter(caller: string): CallerPass | { retryAfterMs: number } {
    const own = this.#own.get(caller)?.enter() ?? null
    if (own && 'retryAfterMs' in own) return own
    const waitMs = own ? this.#leftToOthersMs() : 0
    const all = waitMs > 0 ? { retryAfterMs: waitMs } : this.#all.enter()
    if (!('retryAfterMs' in all)) return { caller, all, own }
    if (own) this.#own.get(caller)?.report(own, 'unknown')
    return all
  }

  #leftToOthersMs(): number {
    const triableMs = this.#all.triableForMs
    return triableMs === null || triableMs < 0 ? 0 : OTHERS_FIRST_MS - triableMs
  }

  /** What the call found. */
  report(pass: CallerPass, health: Health): void {
    if (health === 'ambiguous' && this.#all.isNews(pass.all)) this.#reportAmbiguous(pass)
    else this.#reportOther(pass, health === 'ambiguous' ? 'unknown' : health)
  }

  #reportOther({ caller, all, own }: CallerPass, health: Exclude<Health, 'ambiguous'>): void {
    if (health === 'up') this.#own.clear()
    if (health === 'up' || (health === 'down' && caller !== this.#suspect)) this.#suspect = null
    if (own) this.#own.get(caller)?.report(own, 'unknown')
    this.#all.report(all, health)
  }

  /** A trial that ended ambiguously decides for everybody only after one of somebody else did: else it decides for its caller. */
  #reportAmbiguous({ caller, all, own }: CallerPass): void {
    const { isTrial, enteredAt } = all
    const breaker = this.#own.get(caller) ?? new Breaker(this.clock)
    this.#own.set(caller, breaker)
    breaker.report({ generation: 0, enteredAt, ...own, isTrial: isTrial || own?.isTrial === true }, 'down')
    const isOthers = this.#suspect !== caller && !(isTrial && this.#suspect === null)
    this.#suspect = caller
    this.#all.report(all, isOthers ? 'down' : 'unknown')
  }
}
