import { parseJson, toJson } from '../../../platform/kernel/exact-json'
import { endpointFault } from '../../../platform/outbound/address-guard'
import { callHttp } from '../../../platform/outbound/call-http'
import { EventParser, isEventText } from '../../../platform/outbound/event-parser'
import type { HttpAnswer } from '../../../platform/outbound/http-answer'
import { toolSettings } from '../../../platform/outbound/outbound-settings'
import { isTextDeeperThan, MOST_DEPTH } from '../depth'
import { ownHeaders } from '../own-headers'
import { repeats, withoutSecrets } from '../repeated-secrets'
import { SecretUnreadable } from '../secrets'
import type { ToolOutput } from '../tool'
import { type Adapter, badResponse, type CallContext, type ToolAnswer, unavailable } from './adapter'
import { failedAnswer } from './failed-answer'

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
    const own = ownHeaders(tool)
    if (own instanceof SecretUnreadable) return unavailable(own.message, 'unknown')
    const answer = await callHttp({
      url: endpoint,
      method: tool.method,
      headers: headersFor(own.headers, context),
      body: toJson(input),
      timeoutMs: context.timeoutMs,
      retries: tool.retries,
      signal: context.signal,
    })
    return toToolAnswer(answer, own.secrets, context.timeoutMs)
  },
}

function toToolAnswer(answer: HttpAnswer, secrets: string[], timeoutMs: number): ToolAnswer {
  return answer.ended === 'answered' ? readOutput(answer.body, secrets) : failedAnswer(answer, timeoutMs)
}

function readOutput(body: Buffer, secrets: string[]): ToolAnswer {
  const text = body.toString('utf8')
  const output = parse(text)
  if (typeof output !== 'object' || output === null || Array.isArray(output)) {
    return badResponse('its answer is no JSON object')
  }
  if (isTextDeeperThan(text, output, MOST_DEPTH))
    return badResponse(`its answer is nested deeper than ${MOST_DEPTH} levels`)
  const clean = repeats(text, secrets) ? withoutSecrets(output, secrets) : output
  return { ok: true, output: clean as ToolOutput }
}

/** JSON, also behind a byte order mark, or an event stream in its place: then the last object in it is the output. */
function parse(text: string): unknown {
  const plain = text.startsWith('\uFEFF') ? text.slice(1) : text
  try {
    return parseJson(plain)
  } catch {
    return lastObjectIn(plain)
  }
}

function lastObjectIn(text: string): unknown {
  if (!isEventText(text)) return undefined
  const parser = new EventParser()
  const events = [...parser.feed(text), parser.end() ?? '']
  const last = events.findLast((data) => data.trimStart().startsWith('{'))
  return last === undefined ? undefined : parse(last)
}

function headersFor(
  own: Record<string, string>,
  { requestId, idempotencyKey }: CallContext,
): Record<string, string> {
  return {
    accept: 'application/json',
    ...own,
    'accept-encoding': 'identity',
    'content-type': 'application/json',
    'x-request-id': requestId,
    ...(idempotencyKey ? { 'idempotency-key': idempotencyKey } : {}),
  }
}
