import type { ModelUsage } from '../models/adapter'
import { isReason } from '../models/event-stream'

/** After the end of an answer its usage comes at once, where it comes at all. */
const READ_ON_MS = 2_000

type Json = Record<string, unknown>

/**
 * What becomes of a stream whose reader leaves. Before its end it is ended at once, as every moment costs. After its end
 * only the usage is still to come: that is read, for two seconds at most.
 */
export class Leaving {
  hasLeft = false
  /** When all answers were complete, or the reader left before; null while neither happened. */
  endedAt: number | null = null
  private isComplete = false
  private hasUsage = false
  private readonly finished = new Set<number>()
  private timer: NodeJS.Timeout | undefined

  constructor(
    private readonly choices: number,
    private readonly end: () => void,
  ) {}

  /** The reader has gone. A second time changes nothing. */
  readonly leave = (): void => {
    if (this.hasLeft) return
    this.hasLeft = true
    this.endedAt ??= performance.now()
    if (!this.isComplete || this.hasUsage) this.end()
    else this.timer = setTimeout(this.end, READ_ON_MS)
  }

  /** Looks at an event that came. */
  note(value: Json, usage: ModelUsage | null): void {
    if (!this.isComplete && this.completes(value)) {
      this.isComplete = true
      this.endedAt ??= performance.now()
    }
    if (usage !== null && this.isComplete) this.hasUsage = true
  }

  /** Nobody reads, and nothing is to come that counts. */
  get isOver(): boolean {
    return this.hasLeft && this.hasUsage
  }

  /** The usage came after the end: there is nothing that it does not know of. */
  get knowsAll(): boolean {
    return this.hasUsage
  }

  stop(): void {
    clearTimeout(this.timer)
  }

  private completes({ choices, type }: Json): boolean {
    // A chunk of a chat may have a type of its own.
    if (!Array.isArray(choices)) return /^response\.(completed|incomplete)$/.test(String(type))
    for (const choice of choices as Json[]) {
      const { finish_reason: reason, index } = choice ?? {}
      if (isReason(reason)) this.finished.add(Number(index ?? 0))
    }
    return this.finished.size >= this.choices
  }
}
