import { type AnthropicProviderOptions, createAnthropic } from '@ai-sdk/anthropic'
import type { ModelAdapter, ModelAsk } from '../adapter'
import { forAnthropic } from '../anthropic-prompt'
import { providerAdapter } from '../provider-adapter'
import { NO_KEY } from '../provider-fetch'
import { anthropicWire } from '../provider-wire'
import { Untranslatable } from '../translate-error'
import { isObject } from '../translate-json'
import { refusePenalties } from '../translate-limits'
import { toPrompt } from '../translate-prompt'

/** Models that decide themselves how long they think, within an effort. Older models need a token budget. */
const ADAPTIVE = /claude-(?:(?:opus|sonnet)-4-[6-9]|[a-z]+-[5-9](?!\d))/
/** The smallest budget that Anthropic accepts, and the budget of each effort. */
const LEAST_BUDGET = 1_024
const BUDGETS: Record<string, number> = {
  minimal: 1_024,
  low: 1_024,
  medium: 8_192,
  high: 24_576,
  xhigh: 32_768,
}
const EFFORTS = { minimal: 'low', low: 'low', medium: 'medium', high: 'high', xhigh: 'xhigh' } as const

/** Claude, by Anthropic's Messages API. */
export const anthropicAdapter: ModelAdapter = providerAdapter({
  wire: anthropicWire,
  mendPrompt: forAnthropic,
  languageModel: ({ baseURL, headers, fetch, model }) =>
    createAnthropic({ baseURL, headers, fetch, apiKey: NO_KEY })(model),
  options(ask, model) {
    refusePenalties(ask.body)
    if (Number(ask.body.temperature) > 1) throw new Untranslatable('temperature: this model takes 0 to 1')
    const { budgetTokens, ...thinking } = thinkingFor(ask, model)
    const parallel = ask.body.parallel_tool_calls === false ? { disableParallelToolUse: true } : {}
    // The library adds the budget to the maximum. The total that is sent must not exceed the maximum.
    const most =
      budgetTokens && ask.maxOutputTokens ? { maxOutputTokens: ask.maxOutputTokens - budgetTokens } : {}
    return { providerOptions: { anthropic: { ...thinking, ...parallel } }, ...most, ...askingForJson(ask) }
  },
})

const ONLY_JSON = 'Answer with one JSON object and nothing else: no code fence, and no words around it.'

/** Anthropic supports JSON only with a schema, so any JSON object is requested in the prompt. */
function askingForJson({ body }: ModelAsk) {
  if (!isObject(body.response_format) || body.response_format.type !== 'json_object') return {}
  const prompt = [{ role: 'system' as const, content: ONLY_JSON }, ...toPrompt(body.messages)]
  return { prompt, responseFormat: { type: 'text' as const } }
}

type Thinking = {
  thinking?: { type: 'disabled' | 'adaptive' } | { type: 'enabled'; budgetTokens: number }
  effort?: NonNullable<AnthropicProviderOptions['effort']>
  budgetTokens?: number
}

/** OpenAI's `reasoning_effort`. No budget if half of the output is too small for one. */
function thinkingFor({ body, maxOutputTokens }: ModelAsk, model: string): Thinking {
  const effort = body.reasoning_effort
  if (typeof effort !== 'string' || endsInToolCalls(body.messages)) return {}
  if (effort === 'none') return { thinking: { type: 'disabled' } }
  if (ADAPTIVE.test(model)) {
    const known = EFFORTS[effort as keyof typeof EFFORTS]
    return known ? { thinking: { type: 'adaptive' }, effort: known } : {}
  }
  const wanted = BUDGETS[effort] ?? 0
  const budgetTokens = Math.min(wanted, Math.floor((maxOutputTokens ?? wanted * 2) / 2))
  return budgetTokens < LEAST_BUDGET ? {} : { thinking: { type: 'enabled', budgetTokens }, budgetTokens }
}

/**
 * Whether the model continues after tool calls. It refuses to think without its thoughts from before them, and OpenAI's
 * messages cannot contain these.
 */
function endsInToolCalls(messages: unknown): boolean {
  const last = Array.isArray(messages) ? messages.at(-1) : null
  return isObject(last) && last.role === 'tool'
}
