import { ProtocolError, ProtocolErrorCode, Server } from '@modelcontextprotocol/server'
import { callTool } from './call-tool'
import { listTools } from './list-tools'
import type { McpCall, McpDeps } from './mcp-call'

const ABOUT = { name: 'joyfull-ui-hub', title: 'Joyfull UI Hub', version: '1.0.0' }

const INSTRUCTIONS =
  'Every call is metered against the plan of the account. A result that is an error says why and what to do: ' +
  'correct the arguments, wait, or tell the user that their plan does not allow it.'

/** An MCP server for one request of this caller. */
export function serverFor(deps: McpDeps, call: McpCall): Server {
  const server = new Server(ABOUT, { capabilities: { tools: {} }, instructions: INSTRUCTIONS })
  server.setRequestHandler('tools/list', ({ params }) =>
    guarded(deps, call, () => listTools(deps, call, params?.cursor)),
  )
  server.setRequestHandler('tools/call', ({ params }, { mcpReq }) =>
    guarded(deps, call, () => callTool(deps, call, params, mcpReq.signal)),
  )
  return server
}

/** The library would tell the client the text of any error: what nobody expected is for the log alone. */
async function guarded<T>({ log }: McpDeps, { requestId }: McpCall, work: () => Promise<T>): Promise<T> {
  try {
    return await work()
  } catch (error) {
    if (ProtocolError.isInstance(error)) throw error
    log.error({ err: error, request_id: requestId }, 'unexpected')
    throw new ProtocolError(ProtocolErrorCode.InternalError, 'Something went wrong on our side.')
  }
}
