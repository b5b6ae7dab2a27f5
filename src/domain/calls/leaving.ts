import type { ModelUsage } from '../models/adapter'
import { isReason } from '../models/event-stream'

/** After the end of a response its usage arrives at once, if it arrives at all. */
const READ_ON_MS = 2_000

type Json = Record<string, unknown>

/**
 * Decides when to end a stream whose reader leaves. Before the end of its response it is ended at once, as every
 * moment costs. After that only the usage can follow, so we read on for at most two seconds.
 */
export class Leaving {
  hasLeft = false
  /** When all choices were complete, or the reader left before that; null until then. */
  endedAt: number | null = null
  private isComplete = false
  private hasUsage = false
  private readonly finished = new Set<number>()
  private timer: NodeJS.Timeout | undefined

  constructor(
    private readonly choices: number,
    private readonly end: () => void,
  ) {}

  /** The reader has left. A second call changes nothing. */
  readonly leave = (): void => {
    if (this.hasLeft) return
    this.hasLeft = true
    this.endedAt ??= performance.now()
    if (!this.isComplete || this.hasUsage) this.end()
    else this.timer = setTimeout(this.end, READ_ON_MS)
  }

  /** Reads an event that arrived. */
  note(value: Json, usage: ModelUsage | null): void {
    if (!this.isComplete && this.completes(value)) {
      this.isComplete = true
      this.endedAt ??= performance.now()
    }
    if (usage !== null && this.isComplete) this.hasUsage = true
  }

  /** The reader has left, and nothing that matters will follow. */
  get isOver(): boolean {
    return this.hasLeft && this.hasUsage
  }

  /** The usage arrived after the end of the response, so it is complete. */
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
