/** Where a text stops being valid JSON, in words: `line 3, column 5: …`. */
export function explainJsonFault(text: string, error: Error): string {
  const at = placeOf(text, error)
  const before = text.slice(0, at).split('\n')
  const reason = error.message
    .replace(/ in JSON at position.*$/, '')
    .replace(/, "[\s\S]*" is not valid JSON$/, '')
  return `Line ${before.length}, column ${(before.at(-1)?.length ?? 0) + 1}: ${reason}`
}

/**
 * Some error messages name no position. The text before the error could still continue as valid JSON, the text with one
 * more character could not. A binary search finds the shortest text that could not.
 */
function placeOf(text: string, error: Error): number {
  const named = positionIn(error)
  if (named !== null) return named
  let [low, high] = [0, text.length]
  while (low < high) {
    const middle = Math.floor((low + high) / 2)
    if (mayGoOn(text.slice(0, middle + 1))) low = middle + 1
    else high = middle
  }
  return low
}

function mayGoOn(text: string): boolean {
  try {
    JSON.parse(text)
    return true
  } catch (error) {
    const { message } = error as Error
    const at = positionIn(error as Error)
    return /end of JSON|Unterminated/.test(message) || (at !== null && at >= text.length)
  }
}

function positionIn({ message }: Error): number | null {
  const found = /at position (\d+)/.exec(message)
  return found ? Number(found[1]) : null
}
