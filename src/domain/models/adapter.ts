import type { ToolFailure } from '../tools/adapters/adapter'
import type { Upstream } from '../tools/tool'
import type { ProviderWords } from './provider-words'
/** A request to a model in OpenAI's format: a body of that endpoint, without the fields that the hub sets itself. */
export type ModelAsk = {
  api: 'chat' | 'embeddings' | 'responses'
  body: Record<string, unknown>
  /** The maximum output that may be sent to the upstream, for each choice; null for embeddings. */
  maxOutputTokens: number | null
}

/** One upstream, ready to be called: its address, and its headers with the secrets in them. */
export type Target = {
  upstream: Upstream
  baseUrl: string
  headers: Record<string, string>
  /** The secrets in its headers, which no response may repeat. */
  secrets: readonly string[]
}

/** What was sent, and to which upstream: the call writes it, the charge reads it. */
export type SentUpstream = {
  upstream: string
  /** Bytes of the bodies of all its requests. */
  bytes: number
  /** By the clock of this process. */
  at: number
}

export type ModelContext = {
  requestId: string
  sent: SentUpstream
  /** Ends the call: timeout, the caller has disconnected, or the hub stops. */
  signal: AbortSignal
}

/** A failed call of a model, and whether another upstream may succeed. */
export type ModelFailure = ToolFailure & {
  tryNext: boolean
  /** Set if the provider refused the request itself: a 4xx that is the caller's error, and the provider's message. */
  refused?: { status: number } & ProviderWords
  /** The provider's message about an error in its response or stream, if the caller may read it. */
  said?: ProviderWords
  /** Set if the provider itself reported an error: the output before it is free. */
  isTold?: true
  /** Set if the provider refused by rate without a time: it may refuse only this request. */
  namedNoTime?: boolean
}

/** A model's complete response: the text to pass on, and its parsed value. */
export type ModelAnswer =
  | { ok: true; text: string; value: Record<string, unknown>; usage: ModelUsage | null }
  | ModelFailure

/** One event of a stream: the JSON text as received, and its parsed value. */
export type ModelEvent = { data: string; value: Record<string, unknown> }

/** A stream that has begun. Iterating throws `StreamBroken` when it ends before it is complete. */
export type ModelStream = { ok: true; events: AsyncIterable<ModelEvent> } | ModelFailure

/** How a stream broke, and the provider's message if there is one. */
export type StreamFailure = ToolFailure &
  Pick<Partial<ModelFailure>, 'tryNext' | 'refused' | 'said' | 'isTold'>

/** The stream ended before it was complete. */
export class StreamBroken extends Error {
  override name = 'StreamBroken'
  constructor(readonly failure: StreamFailure) {
    super(failure.logMessage)
  }
}

/** Calls the models of one kind of provider. It returns the provider's failures and never throws them. */
export interface ModelAdapter {
  complete(target: Target, ask: ModelAsk, context: ModelContext): Promise<ModelAnswer>
  /** Resolves when the upstream begins its response. The events are OpenAI's, of the requested API. */
  stream(target: Target, ask: ModelAsk, context: ModelContext): Promise<ModelStream>
}

/**
 * A provider's own counts. Input read from a cache and input written to a cache are parts of the input, reasoning is a
 * part of the output. `besideTokens` is the part of the output that the provider reported only in its total.
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
