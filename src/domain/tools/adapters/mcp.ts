import { setTimeout as delay } from 'node:timers/promises'
import type { CallToolResult } from '@modelcontextprotocol/client'
import { fromMarks, hasDigits, hideDigits, madeOf } from '../../../platform/kernel/exact-json'
import { waitBefore } from '../../../platform/outbound/backoff'
import { isDeeperThan, MOST_DEPTH } from '../depth'
import { type RemoteAnswer, type RemoteLimits, type RemoteServer, withServer } from '../mcp/connection'
import { forgetPrior, keepPrior, priorOf } from '../mcp/priors'
import { ownHeaders } from '../own-headers'
import { quotable } from '../quotable'
import { SecretUnreadable } from '../secrets'
import type { Tool, ToolInput, ToolOutput } from '../tool'
import { type Adapter, badResponse, type ToolAnswer, unavailable } from './adapter'
import { failedAnswer } from './failed-answer'

/**
 * Calls one tool of a remote MCP server. Its structured content is the output; where it has none, the blocks of its
 * content are. A result that the tool itself calls an error is invalid, and costs nothing.
 */
export const mcpAdapter: Adapter = {
  async invoke(tool, input, { requestId, timeoutMs, signal }) {
    const own = ownHeaders(tool)
    if (own instanceof SecretUnreadable) return unavailable(own.message, 'unknown')
    const server = { endpoint: tool.endpoint ?? '', ...own }
    const endsAt = performance.now() + timeoutMs
    for (let attempt = 0; ; attempt += 1) {
      const left = Math.max(1, endsAt - performance.now())
      const limits = { timeoutMs: left, signal, requestId, prior: priorOf(tool) }
      const answer = await callOnce(tool, input, server, limits)
      const wait = waitBefore(attempt)
      const isOver = attempt >= tool.retries || performance.now() + wait >= endsAt
      if (answer.ended !== 'unavailable' || isOver) return toToolAnswer(answer, server, timeoutMs)
      await delay(wait, undefined, signal ? { signal } : {}).catch(() => undefined)
    }
  },
}

async function callOnce(
  tool: Tool,
  input: ToolInput,
  server: RemoteServer,
  limits: RemoteLimits,
): Promise<RemoteAnswer<CallToolResult>> {
  const name = tool.remoteTool ?? ''
  const definition = { name, inputSchema: { ...tool.inputSchema, type: 'object' as const } }
  const answer = await withServer(server, limits, ({ client, signal, timeoutMs }) =>
    client.callTool(
      { name, arguments: hasDigits(input) ? hideDigits(input) : input },
      { signal, timeout: timeoutMs, toolDefinition: definition },
    ),
  )
  if (answer.ended === 'done') keepPrior(tool, answer.prior)
  else forgetPrior(tool)
  return answer
}

function toToolAnswer(
  answer: RemoteAnswer<CallToolResult>,
  server: RemoteServer,
  timeoutMs: number,
): ToolAnswer {
  return answer.ended === 'done' ? readResult(answer.value, server) : failedAnswer(answer, timeoutMs)
}

function readResult(result: CallToolResult, server: RemoteServer): ToolAnswer {
  const { isError, content } = result
  if (isError) return { ...badResponse('the tool answered an error'), toolSaid: saidIn(content, server) }
  const value = valueIn(result)
  const output = value ? withBlocks(value, content) : madeOf(content, { content })
  if (isDeeperThan(output, MOST_DEPTH))
    return badResponse(`its answer is nested deeper than ${MOST_DEPTH} levels`)
  return { ok: true, output }
}

/** The structured content. The newest revision allows any JSON there: a value that is no object is the `result` of one. */
function valueIn(result: CallToolResult): ToolOutput | null {
  const value: unknown = result.structuredContent
  if (value === undefined || isObject(value)) return value ?? null
  return fromMarks({ result: hideDigits(result).structuredContent })
}

/** Images, sounds and resources stand beside a value; texts only say it again. */
function withBlocks(value: ToolOutput, content: CallToolResult['content'] | undefined): ToolOutput {
  const isMore = content?.some(({ type }) => type !== 'text') && !('content' in value)
  return isMore ? madeOf(content, { ...value, content }) : value
}

/** What the tool says of its error, for its caller: without secrets and addresses, and not more than a person reads. */
function saidIn(content: CallToolResult['content'] | undefined, server: RemoteServer): string {
  const texts = (content ?? []).flatMap((block) => (block.type === 'text' ? [block.text] : []))
  return quotable(texts.join('\n'), { baseUrl: server.endpoint, ...server })
}

function isObject(value: unknown): value is ToolOutput {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
