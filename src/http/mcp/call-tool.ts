import { type CallToolResult, ProtocolError, ProtocolErrorCode } from '@modelcontextprotocol/server'
import { invokeTool } from '../../domain/calls/invoke-tool'
import { catalogueAt } from '../../domain/tools/catalogue'
import { fromMarks, hasDigits, hideDigits, toJson } from '../../platform/kernel/exact-json'
import { Problem } from '../../platform/kernel/problem'
import { blocksOf } from './blocks'
import type { McpCall, McpDeps } from './mcp-call'
import { toRefusal } from './refusal'

type Params = { name: string; arguments?: Record<string, unknown> | undefined }

/**
 * A call is an invocation, as through every other endpoint. A refusal or a failure is a result that the model reads; only
 * a tool that does not exist is an error of the protocol.
 */
export async function callTool(
  deps: McpDeps,
  { credential, requestId, address, bytes }: McpCall,
  params: Params,
  signal: AbortSignal,
): Promise<CallToolResult> {
  const input = fromMarks(params.arguments ?? {})
  try {
    const result = await invokeTool(deps, {
      credential,
      requestId,
      tool: params.name,
      input,
      idempotency: undefined,
      address,
      bytes,
      isKnown: true,
      signal,
    })
    const { output, ...about } = result
    const isRemote = (await catalogueAt(deps.pool)).find(params.name)?.adapter === 'mcp'
    return { ...toContent(output, isRemote ? blocksOf(output) : null), _meta: about }
  } catch (error) {
    if (!(error instanceof Problem)) throw error
    if (error.code === 'NOT_FOUND') throw unknownTool(params.name)
    return toRefusal(error, requestId)
  }
}

/** What a tool of an MCP server said in blocks goes on in them; all else is one text, and the same as a value. */
function toContent(output: Record<string, unknown>, blocks: ReturnType<typeof blocksOf>) {
  if (!blocks)
    return { content: [{ type: 'text' as const, text: toJson(output) }], structuredContent: carried(output) }
  const { content: _blocks, ...rest } = output
  return Object.keys(rest).length > 0
    ? { content: carried(blocks), structuredContent: carried(rest) }
    : { content: carried(blocks) }
}

/** The library copies what it sends: large integers go along as texts, and are numbers again where the answer leaves. */
const carried = <Value extends object>(value: Value) => (hasDigits(value) ? hideDigits(value) : value)

function unknownTool(name: string): ProtocolError {
  const message = `Unknown tool: ${name.slice(0, 100)}. tools/list shows those that there are.`
  return new ProtocolError(ProtocolErrorCode.InvalidParams, message)
}
