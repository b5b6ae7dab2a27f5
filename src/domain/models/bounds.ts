import type { ModelAsk, ModelUsage, SentUpstream } from './adapter'
import type { ModelTool } from './call-model'
import { mediaTokens } from './counted-text'
import { opensInput } from './priced-faults'

/** What a provider may add to an input for its own reasons: instructions for tools, marks between messages. */
const ADDED_BY_PROVIDER = 2_000

export type Asked = { tool: ModelTool; ask: ModelAsk; choices: number; sent: SentUpstream }

/**
 * The counts of a report, none above what the call can have taken: a report is a number from outside, and whoever runs or
 * breaks into an upstream could empty the period of its callers. The same object where nothing is above.
 */
export function boundUsage(usage: ModelUsage, asked: Asked): ModelUsage {
  const most = mostOutput(asked)
  const beside = Math.min(usage.besideTokens, most)
  const output = Math.min(usage.outputTokens - usage.besideTokens, most) + beside
  const input = Math.min(usage.inputTokens, mostInput(usage.inputTokens, asked))
  if (input === usage.inputTokens && output === usage.outputTokens) return usage
  const write5m = Math.min(usage.cacheWrite5mTokens, input)
  const write1h = Math.min(usage.cacheWrite1hTokens, input - write5m)
  return {
    inputTokens: input,
    cachedInputTokens: Math.min(usage.cachedInputTokens, input - write5m - write1h),
    cacheWrite5mTokens: write5m,
    cacheWrite1hTokens: write1h,
    outputTokens: output,
    reasoningTokens:
      usage.reasoningTokens === usage.besideTokens ? beside : Math.min(usage.reasoningTokens, output),
    besideTokens: beside,
  }
}

/** As much as the upstream was told, for each answer, and what it rejects of a prediction; embeddings have no output. */
const mostOutput = ({ ask, choices, sent }: Asked) =>
  (ask.maxOutputTokens ?? 0) * choices + (ask.body.prediction == null ? 0 : sent.bytes)

/** No text has more tokens than bytes. Media are looked for only where that decides. */
function mostInput(reported: number, { tool, ask, sent }: Asked): number {
  if (opensInput(tool.model.openOptions)) return tool.model.contextWindow
  const bytes = sent.bytes + ADDED_BY_PROVIDER
  return reported <= bytes ? reported : bytes + mediaTokens(ask.body)
}
