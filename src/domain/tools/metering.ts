import { countTokens, estimateTokens } from './count-tokens'
import { noteExcessiveReport } from './excessive-reports'
import { MAIN } from './model-row'
import type { Tool, ToolInput, ToolOutput } from './tool'

export { countTokens, ENCODINGS, type Encoding } from './count-tokens'

/**
 * The tokens that a call holds. 'exact': refused if they do not fit. 'up-to': reduced to the tokens left, at least
 * `least`.
 */
export type Hold = { tokens: number; mode: 'exact' | 'up-to'; least?: number }

export type Measured = { tokens: number; source: 'reported' | 'counted' | 'fixed' }

/** Tokens that are held for the output if its size is unknown. */
const ROOM_FOR_OUTPUT = 100
/** A higher count from an endpoint is never accepted, whatever the plan. */
const MOST_REPORTED = 1_000_000_000

/**
 * The hold of a call: the fixed price, the tool's maximum, or the counted input plus what the tool's calls usually use
 * (`usualTokens`), at least 100.
 */
export function holdFor(tool: Tool, input: ToolInput, usualTokens = 0): Hold {
  if (tool.metering.mode === 'fixed') return { tokens: tool.metering.tokens ?? 0, mode: 'exact' }
  if (tool.maxTokens !== null) return { tokens: tool.maxTokens, mode: 'exact' }
  const deps = Math.max(ROOM_FOR_OUTPUT, usualTokens)
  return { tokens: estimateTokens(JSON.stringify(input)) + deps, mode: 'up-to' }
}

/** Whether the hold of a call requires counting its input. */
export function isCountedBefore({ metering, model, maxTokens }: Tool): boolean {
  return model !== null || (metering.mode !== 'fixed' && maxTokens === null)
}

/**
 * The tokens that a call used, and how they were measured: the fixed price; the endpoint's report, at most the tool's
 * maximum; otherwise the tokens of input and output, counted as the JSON texts that were sent and received. Without a
 * maximum, a report above `planLimit` (the tokens of the caller's plan per period) is not accepted.
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

/** The count at a dotted path of an output (`usage.total_tokens`, `results.0.tokens`); null if there is no count. */
export function reportedTokens(output: ToolOutput, path: string): number | null {
  let at: unknown = output
  for (const key of path.split('.')) {
    if (typeof at !== 'object' || at === null || !Object.hasOwn(at, key)) return null
    at = (at as Record<string, unknown>)[key]
  }
  return Number.isInteger(at) && (at as number) >= 0 ? (at as number) : null
}
