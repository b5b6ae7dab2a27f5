import { setTimeout as sleep } from 'node:timers/promises'
import { type Answer, ask } from './ask'

export type Invocation = { request_id: string; tokens_used: number }
export type Input = { wait_ms?: number; tokens?: number; fail?: boolean }
export type Invoked = Answer<Invocation>

/** A second is what a hub says at least; a test does not wait that long for each try. */
const LONGEST_PAUSE_MS = 250

/** Invokes a tool through one hub. */
export function invoke(
  hub: { url: string },
  tool: string,
  who: { key?: string; token?: string },
  input: Input,
  headers: Record<string, string> = {},
): Promise<Invoked> {
  return ask<Invocation>(hub, 'POST', `/tools/${tool}/invoke`, { ...pick(who), body: { input }, headers })
}

const pick = ({ key, token }: { key?: string; token?: string }) =>
  key === undefined ? { token: token as string } : { key }

/**
 * Asks again for as long as the answer says that trying again is of use (429 and 409, each with `Retry-After`),
 * sooner than it says.
 */
export async function untilFinal(attempt: () => Promise<Invoked>): Promise<Invoked> {
  for (;;) {
    const answer = await attempt()
    if (answer.status !== 429 && answer.status !== 409) return answer
    if (!(Number(answer.headers.get('retry-after')) >= 1))
      throw new Error(`${answer.code} without Retry-After`)
    await sleep(Math.random() * LONGEST_PAUSE_MS)
  }
}

/** How many answers there are of each kind: `200`, or the error's code. */
export function tally(answers: Invoked[]): Record<string, number> {
  const counts: Record<string, number> = {}
  for (const { status, code } of answers) {
    const kind = code ?? String(status)
    counts[kind] = (counts[kind] ?? 0) + 1
  }
  return counts
}
