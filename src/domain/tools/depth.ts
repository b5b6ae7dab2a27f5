/** JSON from outside may be nested this deep, because later code reads it by recursion. */
export const MOST_DEPTH = 64

/** Whether JSON is nested deeper. Level by level: recursion over a megabyte of brackets would exhaust the stack. */
export function isDeeperThan(value: unknown, levels: number): boolean {
  let level: object[] = isObject(value) ? [value] : []
  for (let depth = 0; level.length > 0; depth += 1) {
    if (depth >= levels) return true
    level = level.flatMap((node) => Object.values(node).filter(isObject))
  }
  return false
}

/** The same for a value whose JSON text is at hand. Most texts have fewer brackets than levels, and need no look inside. */
export function isTextDeeperThan(text: string, value: unknown, levels: number): boolean {
  return text.length > 2 * levels && hasOver(levels, text) && isDeeperThan(value, levels)
}

/** Whether a text has so many brackets that it could be nested deeper. */
function hasOver(levels: number, text: string): boolean {
  let left = levels
  for (const bracket of ['{', '[']) {
    for (let at = text.indexOf(bracket); at >= 0; at = text.indexOf(bracket, at + 1)) {
      left -= 1
      if (left < 0) return true
    }
  }
  return false
}

function isObject(value: unknown): value is object {
  return typeof value === 'object' && value !== null
}
