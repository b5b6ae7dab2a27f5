import { Problem } from '../../platform/kernel/problem'
import type { ToolFailure } from '../tools/call-tool'
import type { Tool } from '../tools/tool'

const USUAL_RETRY_MS = 5_000

const EXPLAINED: Record<ToolFailure['code'], string> = {
  TOOL_UNAVAILABLE: 'cannot be reached right now. Nothing was charged; try again later.',
  TOOL_BAD_RESPONSE: 'returned an invalid response. Nothing was charged.',
  TOOL_TIMEOUT: 'took too long. Nothing was charged.',
}

/** The problem that a caller gets when a tool fails; its cause holds the details for the log. */
export function toolProblem(tool: Tool, failure: ToolFailure, headers: Record<string, string>): Problem {
  const { code, logMessage, retryAfterMs = USUAL_RETRY_MS, toolSaid } = failure
  const retry: Record<string, string> =
    code === 'TOOL_UNAVAILABLE' ? { 'Retry-After': String(Math.ceil(retryAfterMs / 1_000)) } : {}
  const message = `The tool ${tool.name} ${EXPLAINED[code]}`
  const details = toolSaid ? [{ field: 'tool', message: toolSaid }] : []
  return new Problem(code, message, {
    details,
    headers: { ...headers, ...retry },
    cause: new Error(logMessage),
  })
}

/**
 * Like `toolProblem`, for a stream that had begun: the output up to then was charged, unless the provider itself
 * reported a failure.
 */
export function brokenProblem(tool: Tool, { code, logMessage }: ToolFailure, isFree: boolean): Problem {
  const charge = isFree ? 'Nothing was charged.' : 'What had come by then was charged.'
  const message = `The tool ${tool.name} broke off. ${charge}`
  return new Problem(code, message, { cause: new Error(logMessage) })
}
