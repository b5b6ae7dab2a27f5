import { createGoogleGenerativeAI, type GoogleLanguageModelOptions } from '@ai-sdk/google'
import type { ModelAdapter } from '../adapter'
import { type ProviderConnection, providerAdapter } from '../provider-adapter'
import { NO_KEY } from '../provider-fetch'
import { googleWire } from '../provider-wire'
import { embedAll } from '../translate-embeddings'
import { lost, refusePenalties } from '../translate-limits'

type ThinkingConfig = NonNullable<GoogleLanguageModelOptions['thinkingConfig']>

/** Models before the third generation take a budget of tokens for an effort, later ones a level. */
const BY_BUDGET = /^(?:models\/)?gemini-[12]\./
const WITHOUT_PENALTIES = /^(?:models\/)?gemini-2\.5/
const BUDGETS: Record<string, number> = { none: 0, minimal: 1_024, low: 1_024, medium: 8_192, high: 24_576 }
const LEVELS = { none: 'minimal', minimal: 'minimal', low: 'low', medium: 'medium', high: 'high' } as const

/** Gemini, by Google's Generative Language API. */
export const googleAdapter: ModelAdapter = providerAdapter({
  wire: googleWire,
  languageModel: (connection) => provider(connection)(connection.model),
  options({ body }, model) {
    if (WITHOUT_PENALTIES.test(model)) refusePenalties(body)
    if (body.parallel_tool_calls === false && body.tools != null)
      throw lost('parallel_tool_calls', 'how to make one call at a time')
    const thinkingConfig = thinkingFor(body.reasoning_effort, model)
    return thinkingConfig ? { providerOptions: { google: { thinkingConfig } } } : {}
  },
  embed: (connection, ask, signal) =>
    embedAll(provider(connection).embeddingModel(connection.model), ask, signal),
})

function provider({ baseURL, headers, fetch }: ProviderConnection) {
  return createGoogleGenerativeAI({ baseURL, headers, fetch, apiKey: NO_KEY })
}

/** OpenAI's `reasoning_effort`, as Google's own OpenAI-compatible API reads it. */
function thinkingFor(effort: unknown, model: string): ThinkingConfig | null {
  if (typeof effort !== 'string') return null
  const known = effort === 'xhigh' ? 'high' : effort
  if (BY_BUDGET.test(model)) {
    const thinkingBudget = BUDGETS[known]
    return thinkingBudget === undefined ? null : { thinkingBudget, includeThoughts: thinkingBudget > 0 }
  }
  const thinkingLevel = LEVELS[known as keyof typeof LEVELS]
  return thinkingLevel ? { thinkingLevel, includeThoughts: known !== 'none' } : null
}
