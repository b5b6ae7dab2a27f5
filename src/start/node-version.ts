/** The oldest release line that still gets fixes; Node 20 reached its end of life in April 2026. */
const OLDEST = 22

/** What to say of a version of Node that gets no fixes any more; null for one that does. */
export function nodeAdvice(version: string): string | null {
  const major = Number(/^v?(\d+)\./.exec(version)?.[1])
  if (major >= OLDEST) return null
  return `Node ${version} gets no security fixes any more: use 24, or any of 22, 24 and 26`
}
