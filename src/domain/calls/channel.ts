/**
 * Passes values from one writer to one reader and makes the writer wait when the reader is slow. The reader may leave
 * at any moment; `onLeave` is then called at once, whether or not the reader waits for a value.
 */
export class Channel<Value> {
  private readonly waiting: Value[] = []
  private ended = false
  private left = false
  private wakeReader: (() => void) | null = null
  private wakeWriter: (() => void) | null = null

  constructor(
    private readonly most: number,
    private readonly onLeave: () => void,
  ) {}

  /** Resolves when there is space again, when the reader has left, or when `signal` is aborted. */
  async write(value: Value, signal?: AbortSignal): Promise<void> {
    if (this.left) return
    this.waiting.push(value)
    this.wakeReader?.()
    if (this.waiting.length < this.most || signal?.aborted) return
    await new Promise<void>((resolve) => {
      const wake = () => {
        signal?.removeEventListener('abort', wake)
        this.wakeWriter = null
        resolve()
      }
      this.wakeWriter = wake
      signal?.addEventListener('abort', wake, { once: true })
    })
  }

  /** The last value; no more follow. */
  last(value: Value): void {
    if (!this.left) this.waiting.push(value)
    this.ended = true
    this.wakeReader?.()
  }

  /** The values that have arrived, after waiting for at least one; empty when no more will arrive. */
  async read(): Promise<Value[]> {
    while (this.waiting.length === 0 && !this.ended && !this.left) {
      await new Promise<void>((resolve) => {
        this.wakeReader = resolve
      })
      this.wakeReader = null
    }
    const values = this.left ? [] : this.waiting.splice(0)
    this.wakeWriter?.()
    return values
  }

  /** The reader stops reading. */
  leave(): void {
    if (this.left) return
    this.left = true
    this.waiting.length = 0
    this.wakeReader?.()
    this.wakeWriter?.()
    this.onLeave()
  }
}
