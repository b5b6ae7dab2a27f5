import { toJson } from '../../platform/kernel/exact-json'
import { countTokens } from '../tools/count-tokens'
import { noteExcessiveReport } from '../tools/excessive-reports'
import type { ModelAnswer, ModelAsk, ModelUsage } from './adapter'
import { type Asked, boundUsage } from './bounds'
import type { ModelTool } from './call-model'
import type { ModelPlan } from './plan'
import { usageWith, weigh } from './usage'

/** What a call took of the plan's tokens, how that is known, and the provider's own counts where there are any. */
export type ModelCharge = {
  tokens: number
  source: 'reported' | 'counted' | 'fixed' | 'partial' | 'estimated'
  modelTokens: ModelUsage | null
}

type Took = {
  /** What was reported, within its bounds. */
  usage: ModelUsage | null
  /** All text that came. */
  produced: string
  /** False for a stream that was cut, or whose reader has gone. */
  isWhole: boolean
}

/** A report as far as it can be true; admins are told of one that is above. */
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
 * The charge of a call that gave something: the price, what was reported, or what a tokenizer counts. What was reported
 * before the end of a stream that did not come there may not have known all of its output, which is counted then.
 */
export async function chargeFor(tool: ModelTool, plan: ModelPlan, took: Took): Promise<ModelCharge> {
  const { isWhole, produced } = took
  const { metering, model } = tool
  // A text without a token does not exist.
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
  counted.inputTokens = plan.inputIds + (await countTokens(plan.inputText))
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

/** An answer whose `usage` says what is charged: another than the provider's where that was above its bounds, bad or none. */
export function withUsage(
  answer: Answered,
  usage: ModelUsage | null,
  api: ModelAsk['api'] = 'chat',
): Answered {
  if (usage === null || usage === answer.usage) return answer
  const value = { ...answer.value, usage: usageWith(answer.value.usage, usage, api) }
  return { ok: true, text: toJson(value), value, usage }
}
