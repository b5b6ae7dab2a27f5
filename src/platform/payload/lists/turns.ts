import { tooMany } from '../../kernel/problem'

type Waiting = { rows: number; start: () => void }
/** Ends the turn; the next one starts. */
export type EndTurn = () => void

const MOST_WAITING = 500
const MOST_WAITING_OF_ONE = 50

/**
 * Turns for lists, so that together they load at most `capacity` rows at a moment: to read a row keeps the process busy,
 * and many large lists at once would keep everybody else waiting. A list above the capacity runs alone. Turns go around
 * the callers, one each, so that the queue of one caller does not make another wait for all of it.
 */
export class Turns {
  /** Callers in the order of their next turn. */
  readonly #queues = new Map<string, Waiting[]>()
  #running = 0
  #waiting = 0

  constructor(private readonly capacity: number) {}

  /** Resolves when it is this list's turn. Throws RATE_LIMITED where too many wait already. */
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

  /** Takes the first off its caller's queue, and puts the caller at the end. */
  #advance(): void {
    const [caller, queue] = this.#queues.entries().next().value as [string, Waiting[]]
    queue.shift()
    this.#waiting -= 1
    this.#queues.delete(caller)
    if (queue.length > 0) this.#queues.set(caller, queue)
  }
}
