import type { Health } from '../breaker'
import type { Tool, ToolInput, ToolOutput } from '../tool'

/** What a call is given of its caller: an id to find it again by, and no more. */
export type CallContext = {
  requestId: string
  idempotencyKey?: string | undefined
  /** Ends the call early; nothing is charged then. */
  signal?: AbortSignal | undefined
  /** For the whole call; the tool's own `timeoutMs` unless given. */
  timeoutMs?: number
}

export type ToolFailure = {
  ok: false
  code: 'TOOL_UNAVAILABLE' | 'TOOL_BAD_RESPONSE' | 'TOOL_TIMEOUT'
  status: 'error' | 'timeout'
  /** For the log alone. It holds neither input, output nor secrets. */
  logMessage: string
  /** What the tool itself said of it, for its caller to read. */
  toolSaid?: string
  /** What this says about the tool as such; the breaker counts it. */
  health: Health
  /** Set by an open breaker: until the next trial. */
  retryAfterMs?: number
}

export type ToolAnswer = { ok: true; output: ToolOutput } | ToolFailure

/** A way to call tools. It answers for whatever goes wrong out there, and throws only for faults of its own. */
export interface Adapter {
  invoke(tool: Tool, input: ToolInput, context: CallContext & { timeoutMs: number }): Promise<ToolAnswer>
}

/** TOOL_UNAVAILABLE: it could not be called. */
export function unavailable(logMessage: string, health: Health): ToolFailure {
  return { ok: false, code: 'TOOL_UNAVAILABLE', status: 'error', logMessage, health }
}

/** TOOL_BAD_RESPONSE: it was called and gave nothing of use. */
export function badResponse(logMessage: string): ToolFailure {
  return { ok: false, code: 'TOOL_BAD_RESPONSE', status: 'error', logMessage, health: 'up' }
}

/** TOOL_TIMEOUT: it gave nothing in its time. */
export function timedOut(timeoutMs: number, health: Health): ToolFailure {
  return {
    ok: false,
    code: 'TOOL_TIMEOUT',
    status: 'timeout',
    logMessage: `no answer in ${timeoutMs} ms`,
    health,
  }
}
