import { countTokens, estimateTokens } from './count-tokens'
import { noteExcessiveReport } from './excessive-reports'
import { MAIN } from './model-row'
import type { Tool, ToolInput, ToolOutput } from './tool'

export { countTokens, ENCODINGS, type Encoding } from './count-tokens'

/** What a call sets aside: 'exact' is refused where it does not fit, 'up-to' is cut to what is left, not below `least`. */
export type Hold = { tokens: number; mode: 'exact' | 'up-to'; least?: number }

export type Measured = { tokens: number; source: 'reported' | 'counted' | 'fixed' }

/** What a call may add to its input where nothing says how much. */
const ROOM_FOR_OUTPUT = 100
/** More than this is not believed of an endpoint, whatever the plan. */
const MOST_REPORTED = 1_000_000_000

/**
 * The hold of a call: the fixed price, the tool's maximum, or the counted input and what the tool's calls usually
 * take (`usualTokens`), at least 100.
 */
export function holdFor(tool: Tool, input: ToolInput, usualTokens = 0): Hold {
  if (tool.metering.mode === 'fixed') return { tokens: tool.metering.tokens ?? 0, mode: 'exact' }
  if (tool.maxTokens !== null) return { tokens: tool.maxTokens, mode: 'exact' }
  const deps = Math.max(ROOM_FOR_OUTPUT, usualTokens)
  return { tokens: estimateTokens(JSON.stringify(input)) + deps, mode: 'up-to' }
}

/** Whether the hold of a call is known only by counting its input. */
export function isCountedBefore({ metering, model, maxTokens }: Tool): boolean {
  return model !== null || (metering.mode !== 'fixed' && maxTokens === null)
}

/**
 * What a call took and how that is known: the fixed price; what the endpoint reported, at most the tool's maximum; else
 * the tokens of input and output, each counted as the JSON text that was sent and received. Without a maximum no report
 * above `planLimit`, all that the caller's plan gives for a period, is believed.
 */
export async function measure(
  tool: Tool,
  input: ToolInput,
  output: ToolOutput,
  planLimit = MOST_REPORTED,
): Promise<Measured> {
  const { mode, path, tokens } = tool.metering
  if (mode === 'fixed') return { tokens: tokens ?? 0, source: 'fixed' }
  const told = mode === 'reported' && path !== null ? reportedTokens(output, path) : null
  const most = tool.maxTokens ?? Math.min(planLimit, MOST_REPORTED)
  if (told !== null && told <= most) return { tokens: told, source: 'reported' }
  const charge =
    told !== null && tool.maxTokens !== null ? atMost(tool.maxTokens) : await counted(input, output)
  if (told !== null) noteExcessiveReport(tool, MAIN, { reported: told, charged: charge.tokens })
  return charge
}

const atMost = (tokens: number): Measured => ({ tokens, source: 'reported' })

async function counted(input: ToolInput, output: ToolOutput): Promise<Measured> {
  const tokens = (await countTokens(JSON.stringify(input))) + (await countTokens(JSON.stringify(output)))
  return { tokens, source: 'counted' }
}

/** The count at a dotted path of an output (`usage.total_tokens`, `results.0.tokens`); null where no count stands there. */
export function reportedTokens(output: ToolOutput, path: string): number | null {
  let at: unknown = output
  for (const key of path.split('.')) {
    if (typeof at !== 'object' || at === null || !Object.hasOwn(at, key)) return null
    at = (at as Record<string, unknown>)[key]
  }
  return Number.isInteger(at) && (at as number) >= 0 ? (at as number) : null
}
