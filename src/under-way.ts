/**
 * How many pieces of work are under way, and when none is.
 *
 * Not a Set of their promises: a table that a Set has outgrown points to the one after it and keeps what was in it. Once
 * the first of them is old, all that follow live until a full collection, and with them every object of those calls.
 */
export class UnderWay {
  #count = 0
  #waiting: Array<() => void> = []

  get count(): number {
    return this.#count
  }

  begin(): void {
    this.#count += 1
  }

  end(): void {
    this.#count -= 1
    if (this.#count > 0) return
    const waiting = this.#waiting
    this.#waiting = []
    for (const resolve of waiting) resolve()
  }

  /** Resolves once nothing is under way. */
  none(): Promise<void> {
    if (this.#count === 0) return Promise.resolve()
    return new Promise((resolve) => {
      this.#waiting.push(resolve)
    })
  }
}
