/**
 * What a call showed about its tool. `up`: it responded. `down`: it is down. `ambiguous`: it is down or the input is the
 * cause (a timeout, a model's 500). `unknown`: nothing (the caller disconnected, or we refused).
 */
export type Health = 'up' | 'down' | 'ambiguous' | 'unknown'

/** Permission to call; pass it to `report` afterwards. */
export type Pass = { readonly generation: number; readonly isTrial: boolean; readonly enteredAt: number }

export type BreakerState = 'closed' | 'open' | 'trying'

export const FAILURES_TO_OPEN = 5
export const OPEN_MS = 60_000

/**
 * Stops calls to a tool that is down. After 5 calls in a row that found it down (a call with its retries counts once) no
 * call passes for 60 s. Then one trial decides: up closes the breaker, down starts the wait again. Any response, also a
 * refusal of the input or a 500, means up: otherwise one caller's invalid input would block the tool for all. A failure is
 * ignored if another call got a response since it began: a slow input says nothing about the tool.
 * `caller-breaker.ts` separates the callers whose calls took too long.
 */
export class Breaker {
  #failures = 0
  #openedAt: number | null = null
  #answeredAt = Number.NEGATIVE_INFINITY
  #isTrying = false
  /** Raised at each opening and closing: results of earlier calls say nothing about the present state. */
  #generation = 0

  constructor(private readonly clock: () => number = () => performance.now()) {}

  /** `closed`: calls pass. `open`: no call passes. `trying`: the next call decides. */
  get state(): BreakerState {
    if (this.#openedAt === null) return 'closed'
    return this.#openedAt + OPEN_MS > this.clock() ? 'open' : 'trying'
  }

  /** Whether the tool is considered down: no call passes, or only a trial. */
  get isOpen(): boolean {
    return this.#openedAt !== null
  }

  /** Since when (ms) a trial has been allowed; negative: the time until then; null if all calls pass. */
  get triableForMs(): number | null {
    return this.#openedAt === null ? null : this.clock() - this.#openedAt - OPEN_MS
  }

  /** Permission to call, or the time (ms) until a retry makes sense. A caller with a permission must call `report`. */
  enter(): Pass | { retryAfterMs: number } {
    const enteredAt = this.clock()
    if (this.#openedAt === null) return { generation: this.#generation, isTrial: false, enteredAt }
    const left = this.#openedAt + OPEN_MS - enteredAt
    if (left > 0) return { retryAfterMs: left }
    if (this.#isTrying) return { retryAfterMs: 1_000 }
    this.#isTrying = true
    return { generation: this.#generation, isTrial: true, enteredAt }
  }

  /** Reports the result of a call. After a trial without a result, the next caller may try. */
  report(pass: Pass, health: Exclude<Health, 'ambiguous'>): void {
    if (pass.generation !== this.#generation) return
    if (pass.isTrial) this.#isTrying = false
    if (health === 'up') this.#close()
    if (health === 'down' && this.isNews(pass)) this.#countFailure(pass)
  }

  /** Whether a call's failure is still relevant: since it began, no call got a response and nothing opened or closed. */
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
