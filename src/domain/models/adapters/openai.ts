import { request } from 'undici'
import { toJson } from '../../../platform/kernel/exact-json'
import { toolAgent } from '../../../platform/outbound/agent'
import type { ModelAdapter, ModelAsk, ModelContext, ModelFailure, Target } from '../adapter'
import { failureOfError, failureOfStatus, malformed, wordsFor } from '../failures'
import { learnOutputField, type OutputField, otherOutputField, outputField } from '../output-field'
import { MOST_SAID_BYTES, wordsOfBody } from '../provider-words'
import { isCompressed, readText } from './openai-answer'
import { beginOpenAiStream } from './openai-stream'
import { readWholeAnswer } from './openai-whole'

const PATHS = { chat: '/chat/completions', embeddings: '/embeddings', responses: '/responses' } as const

type Sent = Awaited<ReturnType<typeof request>>

/**
 * Any OpenAI-compatible server. Requests and responses pass through unchanged, including unknown fields. The hub sets the
 * model and the maximum output, and requests usage.
 */
export const openaiAdapter: ModelAdapter = {
  async complete(target, ask, context) {
    try {
      const sent = await sendOnce(target, ask, context, false)
      if ('ok' in sent) return sent
      return await readWholeAnswer(sent.body, ask, target, context.signal)
    } catch (error) {
      return failureOfError(error, context.signal)
    }
  },

  async stream(target, ask, context) {
    try {
      const sent = await sendOnce(target, ask, context, true)
      return 'ok' in sent ? sent : await beginOpenAiStream(sent.body, ask, target, context.signal)
    } catch (error) {
      return failureOfError(error, context.signal)
    }
  },
}

/** Sends a request; a second time if the server refuses the field with the maximum output but may accept the other. */
async function sendOnce(
  target: Target,
  ask: ModelAsk,
  context: ModelContext,
  stream: boolean,
): Promise<Sent | ModelFailure> {
  const field = outputField(target, ask)
  const sent = await send(target, ask, context, stream, field)
  const refused = await refusal(sent, target)
  if (!refused) return sent
  const other = ask.api === 'chat' ? otherOutputField(field, sent.statusCode, refused.body) : null
  if (other === null) return refused.failure
  const again = await send(target, ask, context, stream, other)
  const refusedAgain = await refusal(again, target)
  if (refusedAgain) return refusedAgain.failure
  learnOutputField(target, other)
  return again
}

function send(
  target: Target,
  ask: ModelAsk,
  context: ModelContext,
  stream: boolean,
  field: OutputField,
): Promise<Sent> {
  const body = toJson(bodyOf(target, ask, stream, field))
  context.sent.bytes = Buffer.byteLength(body)
  return request(`${target.baseUrl}${PATHS[ask.api]}`, {
    dispatcher: toolAgent(),
    method: 'POST',
    headers: {
      accept: stream ? 'text/event-stream' : 'application/json',
      ...target.headers,
      'accept-encoding': 'identity',
      'content-type': 'application/json',
      'x-request-id': context.requestId,
    },
    body,
    signal: context.signal,
  })
}

/** Usage is always requested, and the maximum output is sent only in the field that this server reads. */
function bodyOf(
  target: Target,
  { api, body, maxOutputTokens }: ModelAsk,
  stream: boolean,
  field: OutputField,
) {
  const all: Record<string, unknown> = { ...body, model: target.upstream.model }
  if (api === 'embeddings') return all
  // The hub lets OpenAI store nothing, and OpenAI accepts a chat's metadata only if it stores the chat.
  const { metadata: _stored, ...common } = all
  if (api === 'responses') return { ...common, stream, max_output_tokens: maxOutputTokens }
  const { max_tokens: _old, max_completion_tokens: _new, stream_options: options, ...rest } = common
  return {
    ...rest,
    [field]: maxOutputTokens,
    stream,
    ...(stream ? { stream_options: { ...(options as object), include_usage: true } } : {}),
  }
}

/** The error that the server returned in place of a response; null if there is none. */
async function refusal(sent: Sent, target: Target): Promise<{ failure: ModelFailure; body: string } | null> {
  const { statusCode, headers } = sent
  if (isCompressed(headers)) {
    await sent.body.dump().catch(() => undefined)
    return { failure: malformed('its answer is compressed, which was not asked for'), body: '' }
  }
  if (statusCode >= 200 && statusCode < 300) return null
  const { 'retry-after': retryAfter } = headers
  const body = (await readText(sent.body, MOST_SAID_BYTES).catch(() => null)) ?? ''
  const said = wordsFor(wordsOfBody(body), target)
  return {
    failure: failureOfStatus(statusCode, typeof retryAfter === 'string' ? retryAfter : null, said),
    body,
  }
}
