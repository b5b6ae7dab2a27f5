/** A cache for a function of a text, for the newest `most` texts. The function's result must never change. */
export function remembered<T>(of: (text: string) => T, most = 1_000): (text: string) => T {
  const known = new Map<string, T>()
  return (text) => {
    const kept = known.get(text)
    if (kept !== undefined || known.has(text)) return kept as T
    const found = of(text)
    if (known.size >= most) known.delete(known.keys().next().value as string)
    known.set(text, found)
    return found
  }
}
