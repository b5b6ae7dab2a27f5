import { countTokens } from '../tools/count-tokens'
import type { ModelTool } from './call-model'
import type { ModelPlan } from './plan'
import { type ModelUsage, weigh } from './usage'

/** What a call took of the plan's tokens, how that is known, and the provider's own counts where there are any. */
export type ModelCharge = {
  tokens: number
  source: 'reported' | 'counted' | 'fixed' | 'partial'
  modelTokens: ModelUsage | null
}

type Took = {
  usage: ModelUsage | null
  /** All text that came. */
  produced: string
  /** False for a stream that was cut, or whose reader has gone. */
  isWhole: boolean
}

/**
 * The charge of a call that gave something: the price, what was reported, or what a tokenizer counts. What was reported
 * before the end of a stream that did not come there may not have known all of its output, which is counted then.
 */
export async function chargeFor(tool: ModelTool, plan: ModelPlan, took: Took): Promise<ModelCharge> {
  const { usage, isWhole } = took
  const { metering, model } = tool
  if (metering.mode === 'fixed') return { tokens: metering.tokens ?? 0, source: 'fixed', modelTokens: usage }
  if (usage && isWhole && metering.mode === 'reported')
    return { tokens: weigh(usage, model.weights), source: 'reported', modelTokens: usage }
  if (usage && metering.mode === 'reported') {
    const outputTokens = Math.max(usage.outputTokens, await countTokens(took.produced))
    const modelTokens = { ...usage, outputTokens }
    const source = outputTokens === usage.outputTokens ? 'reported' : 'partial'
    return { tokens: weigh(modelTokens, model.weights), source, modelTokens }
  }
  const counted = {
    inputTokens: await countTokens(plan.inputText),
    cachedInputTokens: 0,
    outputTokens: await countTokens(took.produced),
    reasoningTokens: 0,
  }
  return {
    tokens: weigh(counted, model.weights),
    source: isWhole ? 'counted' : 'partial',
    modelTokens: usage ?? counted,
  }
}
