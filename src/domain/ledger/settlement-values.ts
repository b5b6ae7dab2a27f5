import { bare } from './array-literal'
import type { ModelTokens, Settlement } from './call'

/** A settlement, and how often it was sent before. */
export type Settling = { item: Settlement; attempt: number }
type Calls = readonly Settling[]

/** A whole number (or null) for each call. */
const column = (calls: Calls, of: (item: Settlement) => string | number | null | undefined) =>
  bare(calls.map(({ item }) => of(item)))
const counts = (calls: Calls, of: (tokens: ModelTokens) => number | undefined) =>
  bare(calls.map(({ item: { modelTokens } }) => (modelTokens ? of(modelTokens) : null)))
const whole = (value: number) => Math.max(0, Math.round(value))
const ids = (calls: Calls) => calls.map(({ item }) => item.usageId.toLowerCase())

/** The parameters of settlement, by name: arrays with one element per call, and values that all calls share. */
export const SETTLEMENT_PARAMETERS = {
  usage_ids: (calls: Calls) => bare(ids(calls)),
  user_ids: (calls: Calls) => column(calls, ({ userId }) => userId),
  statuses: (calls: Calls) => column(calls, ({ status }) => status),
  tokens: (calls: Calls) => column(calls, ({ tokens }) => whole(tokens)),
  sources: (calls: Calls) => column(calls, ({ source }) => source),
  durations_ms: (calls: Calls) => column(calls, ({ durationMs }) => whole(durationMs)),
  /** The only values that may need quotes. */
  error_codes: (calls: Calls) => calls.map(({ item }) => item.errorCode ?? null),
  /** Null: the database's clock. */
  now: (calls: Calls) => calls[0]?.item.now ?? null,
  input_tokens: (calls: Calls) => counts(calls, ({ inputTokens }) => inputTokens),
  cached_input_tokens: (calls: Calls) => counts(calls, ({ cachedInputTokens }) => cachedInputTokens),
  output_tokens: (calls: Calls) => counts(calls, ({ outputTokens }) => outputTokens),
  reasoning_tokens: (calls: Calls) => counts(calls, ({ reasoningTokens }) => reasoningTokens),
  first_token_ms: (calls: Calls) =>
    column(calls, ({ firstTokenMs }) => (firstTokenMs == null ? null : whole(firstTokenMs))),
  lowest_id: (calls: Calls) => ids(calls).reduce((lowest, id) => (id < lowest ? id : lowest)),
  highest_id: (calls: Calls) => ids(calls).reduce((highest, id) => (id > highest ? id : highest)),
}

/** The additional parameters of the full statement. */
export const RARE_PARAMETERS = {
  answers: (calls: Calls) => calls.map(({ item }) => item.answer ?? null),
  /** Whether the full statement was tried for this call before. */
  retried: (calls: Calls) => calls.map(({ attempt }) => attempt > 1),
  cache_write_5m_tokens: (calls: Calls) => counts(calls, ({ cacheWrite5mTokens }) => cacheWrite5mTokens),
  cache_write_1h_tokens: (calls: Calls) => counts(calls, ({ cacheWrite1hTokens }) => cacheWrite1hTokens),
}
