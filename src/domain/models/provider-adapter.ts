import type { LanguageModelV3, LanguageModelV3CallOptions, LanguageModelV3Prompt } from '@ai-sdk/provider'
import { hasDigits, hideDigits } from '../../platform/kernel/exact-json'
import { badResponse } from '../tools/adapters/adapter'
import type { ModelAdapter, ModelAnswer, ModelAsk, ModelContext, ModelStream, Target } from './adapter'
import { malformed } from './failures'
import { failureOf } from './provider-failures'
import { providerFetch, type Reading, type Seen } from './provider-fetch'
import { beginStream } from './provider-stream'
import type { Wire } from './provider-wire'
import { withWholeCalls } from './tool-calls'
import { toCall } from './translate-call'
import { toCompletion } from './translate-result'
import { readUsage } from './usage'

const MOST_ANSWER_BYTES = 10 * 1024 * 1024
/** A stream adds a few hundred bytes to every few characters. */
const MOST_STREAM_BYTES = 64 * 1024 * 1024

/** The target of one call, in the format of a provider's library. */
export type ProviderConnection = {
  baseURL: string
  headers: Record<string, string>
  fetch: typeof globalThis.fetch
  model: string
}

/** A provider whose calls one of the AI SDK's libraries translates. */
export type Provider = {
  languageModel(connection: ProviderConnection): LanguageModelV3
  wire: Wire
  /** The prompt for this provider, if it refuses something that others accept. */
  mendPrompt?(prompt: LanguageModelV3Prompt): LanguageModelV3Prompt
  /** Settings of OpenAI for which the AI SDK has an option only for this provider. */
  options(ask: ModelAsk, model: string): Partial<LanguageModelV3CallOptions>
  /** Missing if the provider has none. */
  embed?(
    connection: ProviderConnection,
    ask: ModelAsk,
    signal: AbortSignal,
  ): Promise<Extract<ModelAnswer, { ok: true }>>
}

/** A model adapter with a provider's library. It translates between OpenAI's format and the provider's. */
export function providerAdapter(provider: Provider): ModelAdapter {
  return {
    async complete(target, ask, context) {
      const reading = ask.api === 'embeddings' ? null : { target, wire: provider.wire, stream: false }
      const { connection, seen } = connectTo(target, context, MOST_ANSWER_BYTES, reading)
      try {
        return ask.api === 'embeddings'
          ? await embed(provider, connection, ask, context)
          : await complete(provider, connection, ask, context)
      } catch (error) {
        return failureOf(error, seen, target, context)
      }
    },
    stream: (target, ask, context) => stream(provider, target, ask, context),
  }
}

async function complete(
  provider: Provider,
  connection: ProviderConnection,
  ask: ModelAsk,
  { requestId, signal }: ModelContext,
): Promise<ModelAnswer> {
  const result = await provider
    .languageModel(connection)
    .doGenerate(callOptions(provider, connection, ask, signal))
  if (result.finishReason.unified === 'error') return malformed('its answer ended with an error')
  const value = withWholeCalls(
    toCompletion(result, nameOf(result.response?.id ?? requestId, connection.model)),
  )
  return { ok: true, text: JSON.stringify(value), value, usage: readUsage(value.usage) }
}

async function embed(
  provider: Provider,
  connection: ProviderConnection,
  ask: ModelAsk,
  { signal }: ModelContext,
): Promise<ModelAnswer> {
  if (provider.embed) return provider.embed(connection, ask, signal)
  return { ...badResponse('this provider has no embeddings'), health: 'unknown', tryNext: true }
}

async function stream(
  provider: Provider,
  target: Target,
  ask: ModelAsk,
  context: ModelContext,
): Promise<ModelStream> {
  const ended = new AbortController()
  const signal = AbortSignal.any([context.signal, ended.signal])
  const reading = { target, wire: provider.wire, stream: true }
  const { connection, seen } = connectTo(target, { ...context, signal }, MOST_STREAM_BYTES, reading)
  const fail = (error: unknown) => failureOf(error, seen, target, context)
  try {
    const result = await provider
      .languageModel(connection)
      .doStream(callOptions(provider, connection, ask, signal))
    const name = nameOf(context.requestId, connection.model)
    return await beginStream({ stream: result.stream, fail, stop: () => ended.abort(), name })
  } catch (error) {
    ended.abort()
    return fail(error)
  }
}

function callOptions(
  provider: Provider,
  connection: ProviderConnection,
  given: ModelAsk,
  abortSignal: AbortSignal,
) {
  const ask = withCarriedDigits(given)
  const call = { ...toCall(ask), ...provider.options(ask, connection.model), abortSignal }
  return provider.mendPrompt ? { ...call, prompt: provider.mendPrompt(call.prompt) } : call
}

/** The library copies the request itself, so large integers in schemas and arguments are passed as strings. */
function withCarriedDigits(ask: ModelAsk): ModelAsk {
  const { body } = ask
  if (!hasDigits(body)) return ask
  const carried = ['messages', 'tools', 'response_format'].filter((name) => body[name] != null)
  return {
    ...ask,
    body: { ...body, ...Object.fromEntries(carried.map((name) => [name, hideDigits(body[name])])) },
  }
}

function connectTo(
  target: Target,
  context: ModelContext,
  mostBytes: number,
  reading: Reading,
): { connection: ProviderConnection; seen: Seen } {
  const { baseUrl, headers, upstream } = target
  const { fetch, seen } = providerFetch(context, mostBytes, reading)
  return { connection: { baseURL: baseUrl, headers, fetch, model: upstream.model }, seen }
}

function nameOf(id: string, model: string) {
  return { id: `chatcmpl-${id}`, created: Math.floor(Date.now() / 1_000), model }
}
