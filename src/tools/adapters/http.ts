import { endpointFault } from '../address-guard'
import { callHttp } from '../call-http'
import { isDeeperThan } from '../depth'
import type { HttpAnswer } from '../http-answer'
import { ownHeaders } from '../own-headers'
import { SecretUnreadable } from '../secrets'
import { toolSettings } from '../settings'
import type { Tool, ToolOutput } from '../tool'
import { type Adapter, badResponse, type CallContext, type ToolAnswer, unavailable } from './adapter'
import { failedAnswer } from './failed-answer'

const MOST_DEPTH = 64

/**
 * Sends the input as the JSON body to the tool's endpoint; its JSON object is the output. Of the caller
 * nothing is passed on but the request id, and an idempotency key that is bound to the caller.
 */
export const httpAdapter: Adapter = {
  async invoke(tool, input, context) {
    const endpoint = tool.endpoint ?? ''
    // Looked at again here: the tool may have been saved under another policy.
    const fault = endpointFault(endpoint, toolSettings().policy)
    if (fault) return unavailable(fault, 'unknown')
    const headers = headersFor(tool, context)
    if (headers instanceof SecretUnreadable) return unavailable(headers.message, 'unknown')
    const answer = await callHttp({
      url: endpoint,
      method: tool.method,
      headers,
      body: JSON.stringify(input),
      timeoutMs: context.timeoutMs,
      retries: tool.retries,
      signal: context.signal,
    })
    return toToolAnswer(answer, context.timeoutMs)
  },
}

function toToolAnswer(answer: HttpAnswer, timeoutMs: number): ToolAnswer {
  return answer.ended === 'answered' ? readOutput(answer.body) : failedAnswer(answer, timeoutMs)
}

function readOutput(body: Buffer): ToolAnswer {
  const output = parse(body)
  if (typeof output !== 'object' || output === null || Array.isArray(output)) {
    return badResponse('its answer is no JSON object')
  }
  if (isDeeperThan(output, MOST_DEPTH))
    return badResponse(`its answer is nested deeper than ${MOST_DEPTH} levels`)
  return { ok: true, output: output as ToolOutput }
}

function parse(body: Buffer): unknown {
  try {
    return JSON.parse(body.toString('utf8'))
  } catch {
    return undefined
  }
}

function headersFor(
  tool: Tool,
  { requestId, idempotencyKey }: CallContext,
): Record<string, string> | SecretUnreadable {
  const own = ownHeaders(tool)
  if (own instanceof SecretUnreadable) return own
  return {
    accept: 'application/json',
    ...own,
    'content-type': 'application/json',
    'x-request-id': requestId,
    ...(idempotencyKey ? { 'idempotency-key': idempotencyKey } : {}),
  }
}
