import type { HttpAnswer } from '../../../platform/outbound/http-answer'
import { badResponse, type ToolFailure, timedOut, unavailable } from './adapter'

/** What a request that brought no answer says of the tool. */
export function failedAnswer(
  answer: Exclude<HttpAnswer, { ended: 'answered' }>,
  timeoutMs: number,
): ToolFailure {
  switch (answer.ended) {
    case 'unavailable':
      return unavailable(answer.reason, 'down')
    case 'bad':
      return badResponse(answer.reason)
    case 'refused':
      return unavailable(answer.reason, 'unknown')
    case 'timeout':
      return timedOut(timeoutMs, 'ambiguous')
    case 'aborted':
      return unavailable('the call was ended early', 'unknown')
  }
}
