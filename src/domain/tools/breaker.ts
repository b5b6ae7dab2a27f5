/**
 * What a call said about its tool: it answered, it is down, either it is down or its input is at fault (nothing in its
 * time, a model's 500), or nothing (the caller left, or we refused).
 */
export type Health = 'up' | 'down' | 'ambiguous' | 'unknown'

/** Leave to call; given back to `report`. */
export type Pass = { readonly generation: number; readonly isTrial: boolean; readonly enteredAt: number }

export type BreakerState = 'closed' | 'open' | 'trying'

export const FAILURES_TO_OPEN = 5
export const OPEN_MS = 60_000

/**
 * Stops calling a tool that is down. After 5 calls in a row that found it down (a call with its retries is
 * one) nothing is called for 60 s; then one trial decides: up closes, down waits again. Any answer, also a
 * refusal of the input or a 500, means up: else one caller's bad input would close a tool to all. So does any answer to
 * somebody else since a call began: inputs that take a tool longer than its time say nothing about the tool.
 * Whose calls took too long is told apart in `caller-breaker.ts`.
 */
export class Breaker {
  #failures = 0
  #openedAt: number | null = null
  #answeredAt = Number.NEGATIVE_INFINITY
  #isTrying = false
  /** Raised at each opening and closing: what was called before says nothing about now. */
  #generation = 0

  constructor(private readonly clock: () => number = () => performance.now()) {}

  /** Whether calls pass (`closed`), none does (`open`), or the next one decides (`trying`). */
  get state(): BreakerState {
    if (this.#openedAt === null) return 'closed'
    return this.#openedAt + OPEN_MS > this.clock() ? 'open' : 'trying'
  }

  /** Whether the tool is taken to be down: it is not called, or only for a trial. */
  get isOpen(): boolean {
    return this.#openedAt !== null
  }

  /** For how long (ms) a trial has been allowed; below 0, how long until then; null where all calls pass. */
  get triableForMs(): number | null {
    return this.#openedAt === null ? null : this.clock() - this.#openedAt - OPEN_MS
  }

  /** Leave to call, or how long (ms) until asking makes sense. Who gets leave must `report`. */
  enter(): Pass | { retryAfterMs: number } {
    const enteredAt = this.clock()
    if (this.#openedAt === null) return { generation: this.#generation, isTrial: false, enteredAt }
    const left = this.#openedAt + OPEN_MS - enteredAt
    if (left > 0) return { retryAfterMs: left }
    if (this.#isTrying) return { retryAfterMs: 1_000 }
    this.#isTrying = true
    return { generation: this.#generation, isTrial: true, enteredAt }
  }

  /** What the call found. A trial that learnt nothing leaves the next caller to try. */
  report(pass: Pass, health: Exclude<Health, 'ambiguous'>): void {
    if (pass.generation !== this.#generation) return
    if (pass.isTrial) this.#isTrying = false
    if (health === 'up') this.#close()
    if (health === 'down' && this.isNews(pass)) this.#countFailure(pass)
  }

  /** Whether a call's failure says something about now: nobody was answered, and nothing opened or closed, since it began. */
  isNews({ generation, enteredAt }: Pass): boolean {
    return generation === this.#generation && this.#answeredAt <= enteredAt
  }

  #close(): void {
    this.#answeredAt = this.clock()
    if (this.#openedAt !== null) this.#generation += 1
    this.#failures = 0
    this.#openedAt = null
  }

  #countFailure(pass: Pass): void {
    this.#failures += 1
    if (!pass.isTrial && this.#failures < FAILURES_TO_OPEN) return
    this.#openedAt = this.clock()
    this.#generation += 1
  }
}
