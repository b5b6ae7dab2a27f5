import { request } from 'undici'
import { toolAgent } from '../../tools/agent'
import type {
  ModelAdapter,
  ModelAsk,
  ModelContext,
  ModelEvent,
  ModelFailure,
  ModelStream,
  Target,
} from '../adapter'
import { StreamBroken } from '../adapter'
import { cutOff, readEvents } from '../event-stream'
import { failureOfError, failureOfStatus, malformed } from '../failures'
import { quotable } from '../target'
import { MOST_ANSWER_BYTES, parseObject, readText, toAnswer } from './openai-answer'

const PATHS = { chat: '/chat/completions', embeddings: '/embeddings', responses: '/responses' } as const
const MOST_SAID_BYTES = 16 * 1024
const DONE = '[DONE]'

type Sent = Awaited<ReturnType<typeof request>>

/**
 * Any OpenAI-compatible server. What was asked and what it answers pass through as they are, unknown fields included;
 * the hub sets the model, the most output, and that usage is reported.
 */
export const openaiAdapter: ModelAdapter = {
  async complete(target, ask, context) {
    try {
      const sent = await send(target, ask, context, false)
      if (sent.statusCode < 200 || sent.statusCode >= 300) return await refusal(sent, target)
      return toAnswer(ask, await readText(sent.body, MOST_ANSWER_BYTES))
    } catch (error) {
      return failureOfError(error, context.signal)
    }
  },

  async stream(target, ask, context) {
    try {
      const sent = await send(target, ask, context, true)
      if (sent.statusCode < 200 || sent.statusCode >= 300) return await refusal(sent, target)
      return await begin(sent, ask, context)
    } catch (error) {
      return failureOfError(error, context.signal)
    }
  },
}

function send(target: Target, ask: ModelAsk, context: ModelContext, stream: boolean): Promise<Sent> {
  const body = JSON.stringify(bodyOf(target, ask, stream))
  context.sent.bytes = Buffer.byteLength(body)
  return request(`${target.baseUrl}${PATHS[ask.api]}`, {
    dispatcher: toolAgent(),
    method: 'POST',
    headers: {
      accept: stream ? 'text/event-stream' : 'application/json',
      ...target.headers,
      'content-type': 'application/json',
      'x-request-id': context.requestId,
    },
    body,
    signal: context.signal,
  })
}

/** Usage is always asked for; what was told of a maximum is told in the one field that this server reads. */
function bodyOf(target: Target, { api, body, maxOutputTokens }: ModelAsk, stream: boolean) {
  const common = { ...body, model: target.upstream.model }
  if (api === 'embeddings') return common
  if (api === 'responses') return { ...common, stream, max_output_tokens: maxOutputTokens }
  const {
    max_tokens: _old,
    max_completion_tokens: _new,
    stream_options: options,
    ...rest
  } = common as Record<string, unknown>
  return {
    ...rest,
    [outputField(target)]: maxOutputTokens,
    ...(stream ? { stream, stream_options: { ...(options as object), include_usage: true } } : {}),
  }
}

/** OpenAI's newer models refuse `max_tokens`; servers that follow its API know no other. */
function outputField({ baseUrl }: Target): string {
  return /\.(openai\.com|azure\.com)$/.test(new URL(baseUrl).hostname)
    ? 'max_completion_tokens'
    : 'max_tokens'
}

async function refusal(sent: Sent, target: Target): Promise<ModelFailure> {
  const retryAfter = sent.headers['retry-after']
  const said = (await readText(sent.body, MOST_SAID_BYTES).catch(() => null)) ?? ''
  return failureOfStatus(
    sent.statusCode,
    typeof retryAfter === 'string' ? retryAfter : null,
    quotable(messageOf(said), target),
  )
}

function messageOf(said: string): string {
  const error = parseObject(said)?.error
  const message =
    typeof error === 'object' && error !== null ? (error as { message?: unknown }).message : error
  return typeof message === 'string' ? message : 'The model refused the request.'
}

/** A stream has begun with its first event: until then another upstream may be tried. */
async function begin(sent: Sent, ask: ModelAsk, context: ModelContext): Promise<ModelStream> {
  sent.body.on('error', () => undefined)
  const type = String(sent.headers['content-type'] ?? '')
  if (!type.includes('text/event-stream')) {
    sent.body.destroy()
    return malformed('its answer is no event stream')
  }
  const events = eventsOf(sent, ask, context)
  try {
    const first = await events.next()
    if (first.done) return malformed('its stream is empty')
    return { ok: true, events: startingWith(first.value, events) }
  } catch (error) {
    return error instanceof StreamBroken
      ? { ...error.failure, tryNext: !context.signal.aborted }
      : failureOfError(error, context.signal)
  }
}

async function* startingWith(
  first: ModelEvent,
  rest: AsyncGenerator<ModelEvent>,
): AsyncGenerator<ModelEvent> {
  try {
    yield first
    yield* rest
  } finally {
    await rest.return(undefined)
  }
}

async function* eventsOf(sent: Sent, ask: ModelAsk, context: ModelContext): AsyncGenerator<ModelEvent> {
  let complete = false
  try {
    for await (const data of readEvents(sent.body as AsyncIterable<Uint8Array>)) {
      if (data === DONE) return
      const value = parseObject(data)
      if (!value) throw new StreamBroken(malformed('an event of its stream is no JSON object'))
      if (value.error || value.type === 'error')
        throw new StreamBroken(malformed('its stream ended with an error'))
      complete ||= ends(value, ask)
      yield { data, value }
    }
    // Some servers send no [DONE]; one that said why it finished was not cut off.
    if (!complete) throw cutOff('it ended early')
  } catch (error) {
    if (error instanceof StreamBroken) throw error
    const failure = failureOfError(error, context.signal)
    throw context.signal.aborted ? new StreamBroken(failure) : cutOff(failure.logMessage)
  } finally {
    sent.body.destroy()
  }
}

/** Whether an event says that the answer is complete. */
function ends(value: Record<string, unknown>, { api }: ModelAsk): boolean {
  if (api === 'responses') return /^response\.(completed|incomplete|failed)$/.test(String(value.type))
  const choices = Array.isArray(value.choices) ? (value.choices as { finish_reason?: unknown }[]) : []
  return choices.some((choice) => typeof choice?.finish_reason === 'string')
}
