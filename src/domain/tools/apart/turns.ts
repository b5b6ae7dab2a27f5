/** What waits, by whom it is of; each of them in turn gives one. */
export class Turns<Item> {
  readonly #waiting = new Map<string, Item[]>()
  count = 0

  /** How many of theirs wait. */
  of(who: string): number {
    return this.#waiting.get(who)?.length ?? 0
  }

  add(who: string, item: Item): void {
    const own = this.#waiting.get(who)
    if (own) own.push(item)
    else this.#waiting.set(who, [item])
    this.count += 1
  }

  /** The oldest one of whoever's turn it is. */
  take(): Item | undefined {
    const [who, own] = this.#waiting.entries().next().value ?? []
    if (who === undefined || !own) return undefined
    const item = own.shift()
    this.#waiting.delete(who)
    // Whoever has more comes last.
    if (own.length > 0) this.#waiting.set(who, own)
    this.count -= 1
    return item
  }
}
