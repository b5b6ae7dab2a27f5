/** Whether JSON is nested deeper. Level by level: recursion over a megabyte of brackets would exhaust the stack. */
export function isDeeperThan(value: unknown, levels: number): boolean {
  let level: object[] = isObject(value) ? [value] : []
  for (let depth = 0; level.length > 0; depth += 1) {
    if (depth >= levels) return true
    level = level.flatMap((node) => Object.values(node).filter(isObject))
  }
  return false
}

function isObject(value: unknown): value is object {
  return typeof value === 'object' && value !== null
}
