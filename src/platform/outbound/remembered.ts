/** What a function said of a text, kept for the newest `most` texts: an answer that never changes is worked out once. */
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
