import type { LanguageModelV3, LanguageModelV3CallOptions } from '@ai-sdk/provider'
import { badResponse, unavailable } from '../tools/adapters/adapter'
import { checkEndpoint } from '../tools/address-guard'
import { toolSettings } from '../tools/settings'
import type { ModelAdapter, ModelAnswer, ModelAsk, ModelContext, ModelFailure, Target } from './adapter'
import { failureOf } from './provider-failures'
import { providerFetch } from './provider-fetch'
import { beginStream } from './provider-stream'
import { toCall } from './translate-call'
import { type AnswerName, toCompletion } from './translate-result'
import { readUsage } from './usage'

const MOST_ANSWER_BYTES = 10 * 1024 * 1024
/** A stream wraps every few characters in a few hundred more. */
const MOST_STREAM_BYTES = 64 * 1024 * 1024

/** Where one call goes, as a provider's library takes it. */
export type Way = {
  baseURL: string
  headers: Record<string, string>
  fetch: typeof globalThis.fetch
  model: string
}

/** A provider whose calls one of the AI SDK's libraries translates. */
export type Provider = {
  baseUrl: string
  languageModel(way: Way): LanguageModelV3
  /** What OpenAI's settings become that the AI SDK knows for this provider alone. */
  options(ask: ModelAsk, model: string): Partial<LanguageModelV3CallOptions>
  /** Left out where the provider has none. */
  embed?(way: Way, ask: ModelAsk, signal: AbortSignal): Promise<Extract<ModelAnswer, { ok: true }>>
}

/** A model's adapter over a provider's library: OpenAI's words on this side, the provider's on the other. */
export function providerAdapter(provider: Provider): ModelAdapter {
  return {
    complete(target, ask, context) {
      return ask.api === 'embeddings'
        ? embed(provider, target, ask, context)
        : complete(provider, target, ask, context)
    },
    async stream(target, ask, context) {
      const begun = begin(provider, target, context, MOST_STREAM_BYTES)
      if ('ok' in begun) return begun
      const { way, seen } = begun
      const ended = new AbortController()
      const signal = AbortSignal.any([context.signal, ended.signal])
      try {
        const options = callOptions(provider, ask, target, signal)
        const { stream } = await provider.languageModel(way).doStream(options)
        const name = answerName(`chatcmpl-${context.requestId}`, target)
        return await beginStream({ stream, seen, signal: context.signal, stop: () => ended.abort(), name })
      } catch (error) {
        ended.abort()
        return failureOf(error, seen, context.signal)
      }
    },
  }
}

async function complete(
  provider: Provider,
  target: Target,
  ask: ModelAsk,
  context: ModelContext,
): Promise<ModelAnswer> {
  const begun = begin(provider, target, context, MOST_ANSWER_BYTES)
  if ('ok' in begun) return begun
  const { way, seen } = begun
  try {
    const options = callOptions(provider, ask, target, context.signal)
    const result = await provider.languageModel(way).doGenerate(options)
    if (result.finishReason.unified === 'error') {
      return { ...badResponse('its answer ended with an error'), tryNext: true }
    }
    const id = result.response?.id ? `chatcmpl-${result.response.id}` : `chatcmpl-${context.requestId}`
    const value = toCompletion(result, answerName(id, target))
    return { ok: true, text: JSON.stringify(value), value, usage: readUsage(value.usage) }
  } catch (error) {
    return failureOf(error, seen, context.signal)
  }
}

async function embed(
  provider: Provider,
  target: Target,
  ask: ModelAsk,
  context: ModelContext,
): Promise<ModelAnswer> {
  if (!provider.embed) return { ...badResponse('this provider has no embeddings'), tryNext: true }
  const begun = begin(provider, target, context, MOST_ANSWER_BYTES)
  if ('ok' in begun) return begun
  try {
    return await provider.embed(begun.way, ask, context.signal)
  } catch (error) {
    return failureOf(error, begun.seen, context.signal)
  }
}

function callOptions(provider: Provider, ask: ModelAsk, target: Target, abortSignal: AbortSignal) {
  return { ...toCall(ask), ...provider.options(ask, target.upstream.model), abortSignal }
}

function begin(
  provider: Provider,
  target: Target,
  context: ModelContext,
  mostBytes: number,
): ModelFailure | ({ way: Way } & Pick<ReturnType<typeof providerFetch>, 'seen'>) {
  const baseURL = target.baseUrl || provider.baseUrl
  // Looked at again here: the tool may have been saved under another policy.
  const fault = checkEndpoint(baseURL, toolSettings().policy)
  if (fault) return { ...unavailable(fault, 'unknown'), tryNext: true }
  const { fetch, seen } = providerFetch(context, mostBytes)
  const lower = Object.entries(target.headers).map(([name, value]) => [name.toLowerCase(), value])
  const headers: Record<string, string> = Object.fromEntries(lower)
  return { way: { baseURL, headers, fetch, model: target.upstream.model }, seen }
}

function answerName(id: string, target: Target): AnswerName {
  return { id, created: Math.floor(Date.now() / 1_000), model: target.upstream.model }
}
