import { toJson } from '../../platform/kernel/exact-json'
import { countTokens } from '../tools/count-tokens'
import { noteExcessiveReport } from '../tools/excessive-reports'
import type { ModelAnswer, ModelAsk, ModelUsage } from './adapter'
import { type Asked, boundUsage } from './bounds'
import type { ModelTool } from './call-model'
import type { PreparedCall } from './prepared-call'
import { usageWith, weigh } from './usage'

/** The plan tokens that a call used, how they were measured, and the provider's own counts if there are any. */
export type ModelCharge = {
  tokens: number
  source: 'reported' | 'counted' | 'fixed' | 'partial' | 'estimated'
  modelTokens: ModelUsage | null
}

type Took = {
  /** The reported counts, within their limits. */
  usage: ModelUsage | null
  /** All text that arrived. */
  produced: string
  /** False for a stream that was cut, or whose reader disconnected. */
  isWhole: boolean
}

/** A report, reduced to what is possible. Admins are notified of a higher one. */
export function believed(usage: ModelUsage | null, asked: Asked): ModelUsage | null {
  if (usage === null) return null
  const bounded = boundUsage(usage, asked)
  if (bounded === usage) return usage
  const { tool, sent } = asked
  const charged =
    tool.metering.mode === 'fixed' ? (tool.metering.tokens ?? 0) : weigh(bounded, tool.model.weights)
  noteExcessiveReport(tool, sent.upstream, {
    reported: weigh(usage, tool.model.weights),
    charged,
    reportedInput: usage.inputTokens,
    chargedInput: bounded.inputTokens,
    reportedOutput: usage.outputTokens,
    chargedOutput: bounded.outputTokens,
  })
  return bounded
}

/**
 * The charge of a call with output: the price, the reported counts, or the tokenizer's count. If a stream did not reach its
 * end, its report may not include all of its output, so the output is counted too.
 */
export async function chargeFor(tool: ModelTool, prepared: PreparedCall, took: Took): Promise<ModelCharge> {
  const { isWhole, produced } = took
  const { metering, model } = tool
  // Every text has at least one token.
  const usage = took.usage?.outputTokens === 0 && isWhole && produced !== '' ? null : took.usage
  if (metering.mode === 'fixed') return { tokens: metering.tokens ?? 0, source: 'fixed', modelTokens: usage }
  if (usage && isWhole && metering.mode === 'reported')
    return { tokens: weigh(usage, model.weights), source: 'reported', modelTokens: usage }
  if (usage && metering.mode === 'reported') {
    const outputTokens = Math.max(usage.outputTokens, await countTokens(produced))
    const modelTokens = { ...usage, outputTokens }
    const source = outputTokens === usage.outputTokens ? 'reported' : 'partial'
    return { tokens: weigh(modelTokens, model.weights), source, modelTokens }
  }
  const counted = noUsage()
  counted.inputTokens = prepared.inputIds + (await countTokens(prepared.inputText))
  counted.outputTokens = await countTokens(produced)
  return {
    tokens: weigh(counted, model.weights),
    source: isWhole ? 'counted' : 'partial',
    modelTokens: usage ?? counted,
  }
}

/** Counts of nothing. */
export const noUsage = (): ModelUsage => ({
  inputTokens: 0,
  cachedInputTokens: 0,
  cacheWrite5mTokens: 0,
  cacheWrite1hTokens: 0,
  outputTokens: 0,
  reasoningTokens: 0,
  besideTokens: 0,
})

type Answered = Extract<ModelAnswer, { ok: true }>

/** A response whose `usage` shows what is charged: not the provider's if that was too high, invalid or missing. */
export function withUsage(
  answer: Answered,
  usage: ModelUsage | null,
  api: ModelAsk['api'] = 'chat',
): Answered {
  if (usage === null || usage === answer.usage) return answer
  const value = { ...answer.value, usage: usageWith(answer.value.usage, usage, api) }
  return { ok: true, text: toJson(value), value, usage }
}
