import { isConnectionFault } from '../../platform/database/database-away'
import { sqlState } from '../../platform/database/sql'

/** What a batch's statement returns for one item: its result, or that the item must be decided again. */
export type Verdict<Answer> = { done: true; answer: Answer } | { done: false }

type Waiting<Item, Answer> = {
  item: Item
  /** How often this item has been sent before; the statement may rely on it. */
  attempt: number
  resolve: (answer: Answer) => void
  reject: (error: unknown) => void
}

type Settings<Item, Answer> = {
  /** Runs one committed statement for these items and returns one verdict for each, in the same order. */
  run: (items: Array<{ item: Item; attempt: number }>) => Promise<Array<Verdict<Answer>>>
  /** Items share a batch only when this is equal (for a test's clock: one statement has one time). */
  group: (item: Item) => unknown
  /** Called with the items of the batch when the database cannot be reached. True keeps the items in the queue. */
  onAway?: (items: Item[]) => boolean
}

const MOST_ITEMS = 256
const MOST_RETRIES = 5
const RETRYABLE = new Set(['40P01', '40001'])
const AWAY_PAUSE_MS = 250

/**
 * Commits items that arrive together in one statement. It flushes when idle (a single caller never waits for a
 * window), keeps one batch in flight, and collects further items meanwhile. When the database refuses a batch, its
 * items are sent again one by one, so that one bad item fails alone; after a deadlock the same batch is sent again.
 */
export class Batcher<Item, Answer> {
  private queue: Array<Waiting<Item, Answer>> = []
  private pumping = false
  /** Whether the last caller came alone. */
  private isLonely = false

  constructor(private readonly settings: Settings<Item, Answer>) {}

  /** The item's result, returned after its commit. */
  add(item: Item): Promise<Answer> {
    return new Promise((resolve, reject) => {
      this.queue.push({ item, attempt: 0, resolve, reject })
      if (this.pumping) return
      this.pumping = true
      // A lone caller need not wait for the rest of this turn. After several callers, more are likely in the same turn.
      if (this.isLonely) void this.pump()
      else setImmediate(() => void this.pump())
    })
  }

  private async pump(): Promise<void> {
    let calls = 0
    while (this.queue.length > 0) {
      const batch = this.take()
      calls += batch.length
      await this.send(batch)
    }
    this.isLonely = calls === 1
    this.pumping = false
  }

  private take(): Array<Waiting<Item, Answer>> {
    const group = this.settings.group(this.queue[0]?.item as Item)
    let count = 1
    while (count < this.queue.length && count < MOST_ITEMS) {
      if (this.settings.group(this.queue[count]?.item as Item) !== group) break
      count += 1
    }
    return this.queue.splice(0, count)
  }

  /** Sends one batch. Items that must be decided again go back to the head of the queue, in their order. */
  private async send(batch: Array<Waiting<Item, Answer>>): Promise<void> {
    for (let retry = 0; ; retry += 1) {
      try {
        const verdicts = await this.settings.run(batch.map(({ item, attempt }) => ({ item, attempt })))
        this.queue.unshift(...answerEach(batch, verdicts))
        return
      } catch (error) {
        if (RETRYABLE.has(sqlState(error) ?? '') && retry < MOST_RETRIES) continue
        return this.failed(batch, error)
      }
    }
  }

  private async failed(batch: Array<Waiting<Item, Answer>>, error: unknown): Promise<void> {
    if (isConnectionFault(error)) {
      const keep = this.settings.onAway?.(batch.map(({ item }) => item)) ?? false
      if (!keep) {
        for (const { reject } of batch) reject(error)
        return
      }
      this.queue.unshift(...batch)
      return new Promise((resolve) => setTimeout(resolve, AWAY_PAUSE_MS))
    }
    if (batch.length === 1) return batch[0]?.reject(error)
    for (const one of batch) await this.send([one])
  }
}

function answerEach<Item, Answer>(
  batch: Array<Waiting<Item, Answer>>,
  verdicts: Array<Verdict<Answer>>,
): Array<Waiting<Item, Answer>> {
  const again: Array<Waiting<Item, Answer>> = []
  batch.forEach((waiting, index) => {
    const verdict = verdicts[index]
    if (verdict?.done) waiting.resolve(verdict.answer)
    else {
      waiting.attempt += 1
      again.push(waiting)
    }
  })
  return again
}
