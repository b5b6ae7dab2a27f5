import type { ToolFailure } from '../tools/adapters/adapter'
import type { Upstream } from '../tools/tool'
import type { ProviderWords } from './provider-words'
/** What is asked of a model, in OpenAI's words: a body of that endpoint without what the hub itself sets. */
export type ModelAsk = {
  api: 'chat' | 'embeddings' | 'responses'
  body: Record<string, unknown>
  /** The most output that the upstream may be told to make, each choice by itself; null for embeddings. */
  maxOutputTokens: number | null
}

/** One upstream, ready to be called: its address, and its headers with the secrets in them. */
export type Target = {
  upstream: Upstream
  baseUrl: string
  headers: Record<string, string>
  /** What of its headers no answer may repeat. */
  secrets: readonly string[]
}

/** What was sent, and to which upstream: written by the call, read when it is charged. */
export type SentUpstream = {
  upstream: string
  /** Bytes of its body, of all its requests together. */
  bytes: number
  /** By the clock of the process. */
  at: number
}

export type ModelContext = {
  requestId: string
  sent: SentUpstream
  /** Ends the call: the time is over, the caller has gone, or the hub stops. */
  signal: AbortSignal
}

/** A failure of a model's call, and whether another upstream may do better. */
export type ModelFailure = ToolFailure & {
  tryNext: boolean
  /** Set where the provider refused the request as such: a 4xx that is the caller's, and what it said of it. */
  refused?: { status: number } & ProviderWords
  /** What the provider said of an error within its answer or stream, where a caller may read it. */
  said?: ProviderWords
  /** Set where the provider itself called its answer an error: nobody pays for what came before it. */
  isTold?: true
  /** Set where the provider refused by rate and did not say for how long: it may mean this request alone. */
  namedNoTime?: boolean
}

/** A model's whole answer: as text to be passed on, and parsed. */
export type ModelAnswer =
  | { ok: true; text: string; value: Record<string, unknown>; usage: ModelUsage | null }
  | ModelFailure

/** One event of a stream: the JSON text as it came, and parsed. */
export type ModelEvent = { data: string; value: Record<string, unknown> }

/** A stream that has begun. Iterating throws `StreamBroken` when it ends before it is complete. */
export type ModelStream = { ok: true; events: AsyncIterable<ModelEvent> } | ModelFailure

/** How a stream broke: what the provider said of it, where it did. */
export type StreamFailure = ToolFailure &
  Pick<Partial<ModelFailure>, 'tryNext' | 'refused' | 'said' | 'isTold'>

/** The stream ended before it was complete. */
export class StreamBroken extends Error {
  override name = 'StreamBroken'
  constructor(readonly failure: StreamFailure) {
    super(failure.logMessage)
  }
}

/** A way to call models of one kind of provider. It answers for whatever goes wrong out there and never throws for it. */
export interface ModelAdapter {
  complete(target: Target, ask: ModelAsk, context: ModelContext): Promise<ModelAnswer>
  /** Resolves when the upstream has begun to answer; events are OpenAI's, of the API that was asked. */
  stream(target: Target, ask: ModelAsk, context: ModelContext): Promise<ModelStream>
}

/**
 * A provider's own counts. Cached input and what was written to a cache are parts of the input, reasoning is a part of
 * the output. `besideTokens` is the part of the output that the provider reported beside its output, in its total.
 */
export type ModelUsage = {
  inputTokens: number
  cachedInputTokens: number
  cacheWrite5mTokens: number
  cacheWrite1hTokens: number
  outputTokens: number
  reasoningTokens: number
  besideTokens: number
}
