import type { Health } from '../breaker'
import type { Tool, ToolInput, ToolOutput } from '../tool'

/** What a call knows about its caller: only a request id and an idempotency key. */
export type CallContext = {
  requestId: string
  idempotencyKey?: string | undefined
  /** Ends the call early, without a charge. */
  signal?: AbortSignal | undefined
  /** For the whole call; the tool's own `timeoutMs` unless given. */
  timeoutMs?: number
}

export type ToolFailure = {
  ok: false
  code: 'TOOL_UNAVAILABLE' | 'TOOL_BAD_RESPONSE' | 'TOOL_TIMEOUT'
  status: 'error' | 'timeout'
  /** Only for the log. It contains no input, output or secrets. */
  logMessage: string
  /** The tool's own error message, which the caller may read. */
  toolSaid?: string
  /** What this shows about the tool itself; the breaker counts it. */
  health: Health
  /** Set by an open breaker: the time until the next trial. */
  retryAfterMs?: number
}

export type ToolAnswer = { ok: true; output: ToolOutput } | ToolFailure

/** Calls tools of one kind. It returns the failures of the tool, and throws only for its own bugs. */
export interface Adapter {
  invoke(tool: Tool, input: ToolInput, context: CallContext & { timeoutMs: number }): Promise<ToolAnswer>
}

/** TOOL_UNAVAILABLE: it could not be called. */
export function unavailable(logMessage: string, health: Health): ToolFailure {
  return { ok: false, code: 'TOOL_UNAVAILABLE', status: 'error', logMessage, health }
}

/** TOOL_BAD_RESPONSE: it returned an invalid response. */
export function badResponse(logMessage: string): ToolFailure {
  return { ok: false, code: 'TOOL_BAD_RESPONSE', status: 'error', logMessage, health: 'up' }
}

/** TOOL_TIMEOUT: it returned nothing within its timeout. */
export function timedOut(timeoutMs: number, health: Health): ToolFailure {
  return {
    ok: false,
    code: 'TOOL_TIMEOUT',
    status: 'timeout',
    logMessage: `no answer in ${timeoutMs} ms`,
    health,
  }
}
