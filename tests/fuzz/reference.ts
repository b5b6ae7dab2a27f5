import type { ModelCase } from './case'

/** What a caller learns of an answer, whichever interface it came through. */
export type Told = {
  isWhole: boolean
  text: string
  /** Null where the interface has no place for it. */
  reasoning: string | null
  calls: { id: string | null; name: string; arguments: unknown }[]
  isShort: boolean
  /** Null where the interface does not say, or nobody asked. */
  usage: { input: number; output: number } | null
}

/** What the hub wrote down of a call. */
export type Booked = { status: string; source: string | null; tokens: number }

/**
 * What has to come of a case, by the published formats and the hub's documents alone: it imports nothing of the hub.
 * Null for what was not whole: all that may be said of it is that it is no success.
 */
export function expectedTold({ adapter, through, answer, cutAfter }: ModelCase): Told | null {
  if (cutAfter !== null) return null
  const { usage } = answer
  const tellsReasoning = !through.startsWith('invoke') && through !== 'mcp'
  const tellsUsage = usage !== null && tellsReasoning
  return {
    isWhole: true,
    text: answer.text.join(''),
    reasoning: tellsReasoning ? answer.reasoning.join('') : null,
    calls: answer.calls.map(({ id, name, pieces }) => ({
      // Google's calls have no ids: the hub makes some.
      id: adapter === 'google' ? null : id,
      name,
      arguments: JSON.parse(pieces.join('')),
    })),
    isShort: answer.isShort,
    usage: tellsUsage ? { input: usage.input, output: usage.output } : null,
  }
}

/** Faults of what was written down; none when the books are right. All weights are 100 percent. */
export function bookFaults({ answer, cutAfter }: ModelCase, booked: Booked | undefined): string[] {
  if (!booked) return ['there is no row of this call']
  const faults: string[] = []
  const status = cutAfter === null ? 'success' : 'error'
  if (booked.status !== status) faults.push(`its row says ${booked.status} instead of ${status}`)
  if (cutAfter !== null) return faults
  const { usage } = answer
  if (usage && booked.tokens !== usage.input + usage.output)
    faults.push(`${booked.tokens} tokens were charged instead of ${usage.input + usage.output}`)
  const source = usage ? 'reported' : 'counted'
  if (booked.source !== source) faults.push(`its source is ${booked.source} instead of ${source}`)
  if (!usage && booked.tokens <= 0) faults.push('nothing was charged')
  return faults
}
