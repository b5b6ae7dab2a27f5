import type { CallToolResult } from '@modelcontextprotocol/server'
import type { Problem, ProblemCode, ProblemDetail } from '../../platform/kernel/problem'

/**
 * A refusal as a model reads it: the code, what happened, and what to do now. Programs find code, details and the
 * seconds to wait in `_meta`.
 */
export function toRefusal(problem: Problem, requestId: string): CallToolResult {
  const { code, details } = problem
  const wait = Number(problem.headers['Retry-After'])
  const seconds = Number.isFinite(wait) && wait > 0 ? { retry_after_seconds: wait } : {}
  const text = [`${code}: ${whatHappened(problem)}`, whatToDo(code, wait), `Request id: ${requestId}`]
  return {
    isError: true,
    content: [{ type: 'text', text: text.filter((part) => part !== '').join('\n') }],
    _meta: { request_id: requestId, error: { code, details, ...seconds } },
  }
}

/** The fields by the names that the model gave them: an input is its arguments, and no more. */
function whatHappened({ code, message, details }: Problem): string {
  const said = code === 'TOOL_BAD_RESPONSE' ? details[0]?.message : undefined
  if (said) return `${message} The tool said: ${said}`
  if (code !== 'VALIDATION_ERROR' || details.length === 0) return message
  return details.map((detail) => `${argument(detail)} ${detail.message}`).join('; ')
}

function argument({ field = '' }: ProblemDetail): string {
  return field === 'input' ? 'arguments' : field.replace(/^input\./, '')
}

function whatToDo(code: ProblemCode, seconds: number): string {
  switch (code) {
    case 'VALIDATION_ERROR':
      return 'Correct the arguments by the input schema of the tool, and call it again.'
    case 'SUBSCRIPTION_REQUIRED':
    case 'PLAN_UPGRADE_REQUIRED':
    case 'TOKEN_LIMIT_EXCEEDED':
      return 'Calling again does not help: tell the user.'
    case 'RATE_LIMITED':
    case 'TOKENS_HELD':
    case 'TOOL_UNAVAILABLE':
    case 'NOT_READY':
      return seconds > 0 ? `Wait ${seconds} s before you call again.` : 'Wait a moment before you call again.'
    case 'UNAUTHORIZED':
      return 'The credential is no longer valid: tell the user.'
    default:
      return ''
  }
}
