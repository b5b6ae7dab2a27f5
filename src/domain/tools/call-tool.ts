import { type Adapter, type CallContext, type ToolAnswer, unavailable } from './adapters/adapter'
import { builtinAdapter } from './adapters/builtin'
import { httpAdapter } from './adapters/http'
import { mcpAdapter } from './adapters/mcp'
import { breakerOf } from './breakers'
import type { AdapterName, Tool, ToolInput } from './tool'

export type { Adapter, CallContext, ToolAnswer, ToolFailure } from './adapters/adapter'

/** The ways to call a tool that is no model, by the name that it is saved with. Models: src/domain/models. */
const adapters: Partial<Record<AdapterName, Adapter>> = {
  http: httpAdapter,
  builtin: builtinAdapter,
  mcp: mcpAdapter,
}

/**
 * Calls a tool once it is admitted, unless its breaker is open. It always answers and never throws, so that
 * a call that was written down can be settled. The input was validated before. Of the caller's id only the breaker knows.
 */
export async function callTool(
  tool: Tool,
  input: ToolInput,
  context: CallContext & { callerId: string },
): Promise<ToolAnswer> {
  const breaker = breakerOf(tool)
  const pass = breaker.enter(context.callerId)
  if ('retryAfterMs' in pass) return { ...unavailable('its breaker is open', 'unknown'), ...pass }
  const answer = await invoke(tool, input, context)
  breaker.report(pass, answer.ok ? 'up' : answer.health)
  return answer
}

async function invoke(tool: Tool, input: ToolInput, context: CallContext): Promise<ToolAnswer> {
  const adapter = adapters[tool.adapter]
  if (!adapter) return unavailable(`no adapter calls ${tool.adapter}`, 'unknown')
  try {
    const { requestId, idempotencyKey, signal, timeoutMs = tool.timeoutMs } = context
    return await adapter.invoke(tool, input, { requestId, idempotencyKey, signal, timeoutMs })
  } catch (error) {
    return unavailable(`the adapter failed: ${(error as Error).name}`, 'unknown')
  }
}
