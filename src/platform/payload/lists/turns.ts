import { tooMany } from '../../kernel/problem'

type Waiting = { rows: number; start: () => void }
/** Ends the turn; the next one starts. */
export type EndTurn = () => void

const MOST_WAITING = 500
const MOST_WAITING_OF_ONE = 50

/**
 * Turns for lists, so that together they load at most `capacity` rows at the same time: reading rows keeps the process busy,
 * and many large lists at once would make all others wait. A list above the capacity runs alone. The callers take turns, so
 * that one caller's long queue does not delay the others.
 */
export class Turns {
  /** Callers in the order of their next turn. */
  readonly #queues = new Map<string, Waiting[]>()
  #running = 0
  #waiting = 0

  constructor(private readonly capacity: number) {}

  /** Resolves when it is this list's turn. Throws RATE_LIMITED if too many lists are waiting. */
  async take(caller: string, rowsAsked: number): Promise<EndTurn> {
    const rows = Math.min(Math.max(rowsAsked, 1), this.capacity)
    if (this.#waiting > 0 || this.#running + rows > this.capacity) await this.#wait(caller, rows)
    else this.#running += rows
    let ended = false
    return () => {
      if (ended) return
      ended = true
      this.#running -= rows
      this.#startNext()
    }
  }

  #wait(caller: string, rows: number): Promise<void> {
    const queue = this.#queues.get(caller) ?? []
    if (this.#waiting >= MOST_WAITING || queue.length >= MOST_WAITING_OF_ONE)
      throw tooMany('Too many lists are waiting. Try again in a moment.', 1)
    this.#queues.set(caller, queue)
    this.#waiting += 1
    return new Promise((start) => {
      queue.push({ rows, start })
    })
  }

  #startNext(): void {
    for (let next = this.#next(); next && this.#running + next.rows <= this.capacity; next = this.#next()) {
      this.#advance()
      this.#running += next.rows
      next.start()
    }
  }

  #next(): Waiting | undefined {
    return this.#queues.values().next().value?.[0]
  }

  /** Removes the first list from its caller's queue, and moves the caller to the end. */
  #advance(): void {
    const [caller, queue] = this.#queues.entries().next().value as [string, Waiting[]]
    queue.shift()
    this.#waiting -= 1
    this.#queues.delete(caller)
    if (queue.length > 0) this.#queues.set(caller, queue)
  }
}
