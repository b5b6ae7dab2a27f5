import type { DemoCall } from './demo-call'
import type { Random } from './random'
import type { DemoTool } from './tools'

type Outcome = Pick<DemoCall, 'status' | 'tokens_used' | 'source' | 'duration_ms' | 'error_code'>

/** How a call ended `hoursAgo` hours ago: its status, charge and duration. During an outage most calls fail. */
export function outcomeOf(tool: DemoTool, wanted: number, hoursAgo: number, random: Random): Outcome {
  const away = tool.outage !== undefined && hoursAgo <= tool.outage[0] && hoursAgo >= tool.outage[1]
  const took = Math.max(20, Math.round(tool.usualMs * random.skewed(0.45)))
  const failed = random.next() < (away ? 0.8 : tool.failing)
  const how = random.weighted(away ? [1, 5, 4, 0] : [3, 3, 3, 1])
  if (!failed)
    return {
      status: 'success',
      tokens_used: wanted,
      source: tool.metering.mode,
      duration_ms: took,
      error_code: null,
    }
  if (how === 2)
    return { ...FREE, status: 'timeout', duration_ms: tool.timeoutMs, error_code: 'TOOL_TIMEOUT' }
  if (how === 3) {
    const partial = Math.max(1, Math.round(wanted / 3))
    return {
      status: 'error',
      tokens_used: partial,
      source: 'partial',
      duration_ms: took,
      error_code: 'TOOL_BAD_RESPONSE',
    }
  }
  const error_code = how === 1 ? 'TOOL_UNAVAILABLE' : 'TOOL_BAD_RESPONSE'
  return { ...FREE, status: 'error', duration_ms: took, error_code }
}

const FREE = { tokens_used: 0, source: 'unknown' as const }
