import { Breaker, type BreakerState, type Health, type Pass } from './breaker'

/** For this time, only callers without ambiguous failures may make the trial. */
export const OTHERS_FIRST_MS = 10_000

/** A permission to call, for one caller; pass it to `report` afterwards. */
export type CallerPass = { readonly caller: string; readonly all: Pass; readonly own: Pass | null }

/**
 * A breaker for everybody, and one for each caller whose calls timed out or caused a 500 from a model. No connection, a
 * reset and 502 to 504 are failures of the tool. A timeout or a model's 500 may be caused by the input: it counts in full
 * only for its caller, and once for everybody until a call of another caller fails. So no caller can block a tool for others
 * with such inputs.
 */
export class CallerBreaker {
  readonly #all: Breaker
  readonly #own = new Map<string, Breaker>()
  /** The caller whose ambiguous failure counted last for everybody, if no other caller's call failed after it. */
  #suspect: string | null = null

  constructor(private readonly clock: () => number = () => performance.now()) {
    this.#all = new Breaker(clock)
  }

  /** The state of the breaker for everybody. */
  get state(): BreakerState {
    return this.#all.state
  }

  /** Whether the tool is considered down for everybody. */
  get isOpen(): boolean {
    return this.#all.isOpen
  }

  /** A permission to call, or the time (ms) until this caller should retry. After a permission, `report` must be called. */
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

  /** Reports the result of a call. */
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

  /**
   * An ambiguous trial decides for everybody only after an ambiguous failure of another caller; otherwise only for its caller.
   */
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
