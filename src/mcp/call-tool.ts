import { type CallToolResult, ProtocolError, ProtocolErrorCode } from '@modelcontextprotocol/server'
import { invokeTool } from '../gateway/invoke-tool'
import { Problem } from '../problem'
import { toRefusal } from './refusal'
import type { McpCall, McpRoom } from './server'

type Params = { name: string; arguments?: Record<string, unknown> | undefined }

/**
 * A call is an invocation, as every other door makes it. A refusal or a failure is a result that the model reads; only
 * a tool that does not exist is an error of the protocol.
 */
export async function callTool(
  room: McpRoom,
  { credential, requestId, address, bytes }: McpCall,
  params: Params,
  signal: AbortSignal,
): Promise<CallToolResult> {
  const input = params.arguments ?? {}
  try {
    const result = await invokeTool(room, {
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
    return {
      content: [{ type: 'text', text: JSON.stringify(output) }],
      structuredContent: output,
      _meta: about,
    }
  } catch (error) {
    if (!(error instanceof Problem)) throw error
    if (error.code === 'NOT_FOUND') throw unknownTool(params.name)
    return toRefusal(error, requestId)
  }
}

function unknownTool(name: string): ProtocolError {
  const message = `Unknown tool: ${name.slice(0, 100)}. tools/list shows those that there are.`
  return new ProtocolError(ProtocolErrorCode.InvalidParams, message)
}
