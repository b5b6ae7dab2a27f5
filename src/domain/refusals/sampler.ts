import type { KeptRefusal, RefusalDetails, RefusalKind } from './refusal'

/**
 * How many refusals of one user and reason are kept each minute; the rest are counted, and the last of them is kept.
 */
export const MOST_A_MINUTE = 5
const WINDOW_MS = 60_000
/** Limits of what waits in memory: kinds that are counted separately in one minute, and rows not yet written. */
const MOST_KINDS = 10_000
const MOST_WAITING = 5_000

type Window = { kind: RefusalKind; endsAt: number; kept: number; leftOut: number; last: Last | null }
type Last = { at: Date; details: () => RefusalDetails }

/**
 * Refusals that wait for the database: kept one by one while they are few, counted when they flood. Adding one costs a
 * lookup in a map; its details are built only if it is kept.
 */
export class Sampler {
  private readonly windows = new Map<string, Window>()
  private waiting: KeptRefusal[] = []

  add(kind: RefusalKind, details: () => RefusalDetails, at: Date): void {
    const window = this.windowOf(kind, at.getTime())
    if (window.kept < MOST_A_MINUTE && this.waiting.length < MOST_WAITING) {
      window.kept += 1
      this.waiting.push({ ...kind, ...details(), at, leftOut: 0 })
      return
    }
    window.leftOut += 1
    window.last = { at, details }
  }

  /** The rows to write: the kept refusals, and one row for each minute that left some out. `all` ends open minutes. */
  take(now: Date, all = false): KeptRefusal[] {
    for (const [key, window] of this.windows) {
      if (!all && window.endsAt > now.getTime()) continue
      this.windows.delete(key)
      this.close(window)
    }
    const rows = this.waiting
    this.waiting = []
    return rows
  }

  /** Rows that could not be written wait for the next write, as many as fit. */
  putBack(rows: KeptRefusal[]): void {
    this.waiting = [...rows, ...this.waiting].slice(0, MOST_WAITING)
  }

  private windowOf(kind: RefusalKind, at: number): Window {
    const crowded = this.windows.size >= MOST_KINDS
    const known = crowded ? { userId: null, reason: kind.reason } : kind
    const key = `${known.userId}|${known.reason}`
    const window = this.windows.get(key)
    if (window && window.endsAt > at) return window
    if (window) this.close(window)
    const made = { kind: known, endsAt: at + WINDOW_MS, kept: 0, leftOut: 0, last: null }
    this.windows.set(key, made)
    return made
  }

  private close({ kind, leftOut, last }: Window): void {
    if (last) this.waiting.push({ ...kind, ...last.details(), at: last.at, leftOut: leftOut - 1 })
  }
}
