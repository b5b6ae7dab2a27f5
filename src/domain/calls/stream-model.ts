import { toJson } from '../../platform/kernel/exact-json'
import { Problem } from '../../platform/kernel/problem'
import {
  type ModelAsk,
  type ModelEvent,
  type ModelStream,
  type ModelUsage,
  StreamBroken,
  type StreamFailure,
} from '../models/adapter'
import type { Asked } from '../models/bounds'
import { limitCall, nothingSent, openModelStream } from '../models/call-model'
import { believed, chargeFor, type ModelCharge } from '../models/charge'
import { producedText } from '../models/counted-text'
import { failureOfError } from '../models/failures'
import { capOutputToHold } from '../models/prepared-call'
import type { ProviderWords } from '../models/provider-words'
import { readUsage, usageWith } from '../models/usage'
import { badResponse } from '../tools/adapters/adapter'
import type { ToolFailure } from '../tools/call-tool'
import type { CallDeps, CallRequest, InvokeOutcome } from './admit-call'
import { Channel } from './channel'
import { ChatSoFar } from './chat-so-far'
import { atLeastEstimated, noteRate } from './estimate'
import { endOnShutdown, keepUntilSettled } from './in-flight'
import { Leaving } from './leaving'
import { rateLimitHeaders } from './refusals'
import type { ModelCall } from './run-model'
import { CALLER_GONE, failed, settled, settledInAnyCase } from './settled'
import { brokenProblem, toolProblem } from './tool-problem'

/** The same limit of text as for a response that is not a stream. */
const MOST_TEXT = 10 * 1024 * 1024

/** The events of a running stream, in order. `done` or `failed` is the last, after the settlement. */
export type CallEvent =
  | { type: 'event'; event: ModelEvent; text: string }
  | { type: 'done'; answer: string; usage: ModelUsage | null }
  | { type: 'failed'; problem: Problem; said?: ProviderWords }

export type StreamOutcome =
  | InvokeOutcome
  /** The model responds. A reader that stops reading calls `leave`, which ends the call. */
  | { ended: 'streaming'; userId: string; headers: Record<string, string>; events: Channel<CallEvent> }

/** When the reader is this many events behind, the upstream waits. */
const MOST_WAITING = 256

/**
 * Opens the stream of an admitted call of a model. Until its first event it may fail like any call. From then on the
 * call runs by itself, is charged for the output that arrived, and is settled whatever the reader does.
 */
export function streamModel(deps: CallDeps, request: CallRequest, call: ModelCall): Promise<StreamOutcome> {
  return settledInAnyCase(deps, call.admitted, () => openAndPump(deps, request, call))
}

async function openAndPump(deps: CallDeps, request: CallRequest, call: ModelCall): Promise<StreamOutcome> {
  const { tool, prepared, admitted } = call
  const startedAt = performance.now()
  const ask = capOutputToHold(tool, prepared, admitted.tokensHeld)
  const sent = nothingSent()
  const limit = limitCall(tool.timeoutMs)
  const leaving = new Leaving(prepared.choices, limit.end)
  if (request.signal?.aborted) leaving.leave()
  request.signal?.addEventListener('abort', leaving.leave, { once: true })
  const opening = openModelStream(tool, ask, {
    callerId: admitted.userId,
    requestId: request.requestId,
    signal: limit.signal,
    sent,
  })
  const opened = await keepUntilSettled(opening)
  const asked = { tool, ask, choices: prepared.choices, sent }
  const run: Run = { deps, request, call, limit, leaving, asked, startedAt, firstTokenMs: null }
  if (!opened.ok) return keepUntilSettled(notBegun(run, opened))
  const events = new Channel<CallEvent>(MOST_WAITING, leaving.leave)
  keepUntilSettled(pump(run, opened.events, events))
  const { userId, limits } = admitted
  return { ended: 'streaming', userId, headers: rateLimitHeaders(limits), events }
}

type Run = {
  deps: CallDeps
  request: CallRequest
  call: ModelCall
  limit: ReturnType<typeof limitCall>
  leaving: Leaving
  asked: Asked
  startedAt: number
  firstTokenMs: number | null
}

const sinceStart = ({ startedAt }: Run) => Math.max(0, Math.round(performance.now() - startedAt))

async function notBegun(run: Run, failure: Exclude<ModelStream, { ok: true }>): Promise<InvokeOutcome> {
  const { deps, request, call } = run
  const { userId, usageId, limits } = call.admitted
  run.limit.stop()
  run.leaving.stop()
  const left = request.signal?.aborted === true && failure.code !== 'TOOL_TIMEOUT'
  if (left) await settleStream(run, { usage: null, produced: '', isWhole: false }, gone())
  else await settled(deps, { userId, usageId, ...failed(failure, sinceStart(run)) })
  const problem = toolProblem(call.tool, failure, rateLimitHeaders(limits))
  return { ended: 'failed', userId, problem, refused: failure.refused, said: failure.said }
}

/** Passes on events until the stream ends, breaks, or the reader leaves; then settles and reports how it ended. */
async function pump(run: Run, source: AsyncIterable<ModelEvent>, events: Channel<CallEvent>): Promise<void> {
  let isClosing = false
  const takeBack = endOnShutdown(() => {
    isClosing = true
    run.limit.end()
  })
  try {
    const { took, broken, value } = await passOn(run, source, events)
    const leftBeforeEnd = run.leaving.hasLeft
    const ending = broken ? endingOf(run, broken, isClosing) : leftBeforeEnd ? gone() : null
    const { answer, usage } = await settledInAnyCase(run.deps, run.call.admitted, () =>
      settleStream(run, took, ending, value, broken !== null && isTold(broken)),
    )
    if (broken) events.last(failedEvent(run, broken))
    else events.last({ type: 'done', answer, usage })
  } catch (error) {
    run.deps.log.error({ err: error, request_id: run.request.requestId }, 'a stream could not be settled')
    events.last({ type: 'failed', problem: new Problem('INTERNAL', 'Something went wrong.') })
  } finally {
    takeBack()
    run.limit.stop()
    run.leaving.stop()
  }
}

/** Whether the provider itself reported that the call failed: then nothing is charged. */
const isTold = ({ isTold: told, refused, said }: StreamFailure) =>
  told === true || refused !== undefined || said !== undefined

/** The caller sees the provider's own error text if the request was in the model's own format. */
function failedEvent({ call }: Run, broken: StreamFailure): CallEvent {
  const said = broken.refused ?? broken.said
  return {
    type: 'failed',
    problem: brokenProblem(call.tool, broken, isTold(broken)),
    ...(said ? { said } : {}),
  }
}

async function passOn(run: Run, source: AsyncIterable<ModelEvent>, events: Channel<CallEvent>) {
  const soFar = new ChatSoFar()
  let usage: ModelUsage | null = null
  let broken: StreamFailure | null = null
  try {
    for await (const event of source) {
      const text = producedText(event.value)
      if (text !== '') run.firstTokenMs ??= sinceStart(run)
      soFar.add(event.value, text)
      if (soFar.produced.length > MOST_TEXT) throw new StreamBroken(badResponse('its text never ends'))
      const told = usageOf(event.value)
      const kept = believed(told, run.asked)
      usage = kept ?? usage
      run.leaving.note(event.value, told)
      if (run.leaving.isOver) break
      const shown = kept === told ? event : withUsage(event, kept, run.asked.ask.api)
      await events.write({ type: 'event', event: shown, text }, run.limit.signal)
    }
  } catch (error) {
    broken = error instanceof StreamBroken ? error.failure : failureOfError(error, run.limit.signal)
  }
  const took = { usage, produced: soFar.produced, isWhole: broken === null }
  return { took, broken, value: () => soFar.value() }
}

function endingOf({ limit }: Run, { status, code }: ToolFailure, isClosing: boolean): Ending {
  if (isClosing) return { status: 'error', errorCode: 'NOT_READY' }
  const left = limit.signal.aborted && code !== 'TOOL_TIMEOUT'
  return left ? gone() : { status, errorCode: code }
}

/** The usage: at the top level of a chat chunk, or in the `response` of a response's last event. */
function usageOf(value: Record<string, unknown>): ModelUsage | null {
  const inner = value.response as { usage?: unknown } | undefined
  return readUsage(value.usage ?? inner?.usage)
}

/** The event with another usage than the provider's. */
function withUsage({ value, data }: ModelEvent, usage: ModelUsage | null, api: ModelAsk['api']): ModelEvent {
  if (usage === null) return { value, data }
  const inner = value.response as Json | undefined
  const changed = value.usage
    ? { ...value, usage: usageWith(value.usage, usage, api) }
    : { ...value, response: { ...inner, usage: usageWith(inner?.usage, usage, api) } }
  return { data: toJson(changed), value: changed }
}

type Json = Record<string, unknown>

type Ending = { status: 'success' | 'error' | 'timeout'; errorCode: string }

const gone = (): Ending => ({ status: 'success', errorCode: CALLER_GONE })

const FREE = { tokens: 0, source: 'unknown', modelTokens: null } as const

/** If the hub ended the call early, because the caller left or the time was over, the model may have reasoned unseen. */
async function chargeOf(run: Run, took: StreamTook, ending: Ending | null): Promise<ModelCharge> {
  const { deps, call, asked, leaving } = run
  const charge = await chargeFor(call.tool, call.prepared, took)
  if (took.isWhole) noteRate(asked, took.usage)
  const isCut = !took.isWhole && ending !== null && CUT.has(ending.errorCode)
  if (!isCut || leaving.knowsAll) return charge
  const endedAt = leaving.endedAt ?? performance.now()
  return atLeastEstimated(deps, charge, { asked, endedAt, tokensHeld: call.admitted.tokensHeld })
}

const CUT = new Set([CALLER_GONE, 'TOOL_TIMEOUT'])

type StreamTook = { usage: ModelUsage | null; produced: string; isWhole: boolean }

/**
 * Charges the output that arrived. A stream that broke before any output, or by the provider's own error, costs
 * nothing. Returns the result as JSON text, and the model's token counts, reported or counted by the hub.
 */
async function settleStream(
  run: Run,
  took: StreamTook,
  ending: Ending | null,
  value: () => Record<string, unknown> = () => ({}),
  isToldError = false,
): Promise<{ answer: string; usage: ModelUsage | null }> {
  const { deps, request, call, firstTokenMs } = run
  const { userId, usageId } = call.admitted
  const isNothing = !took.usage && took.produced === ''
  const isFree = ending !== null && ending.errorCode !== CALLER_GONE && (isToldError || isNothing)
  const charge = isFree ? FREE : await chargeOf(run, took, ending)
  const durationMs = sinceStart(run)
  const measured = { requestId: request.requestId, tokens: charge.tokens, durationMs }
  const answer = ending === null ? call.answer(value(), '', measured) : ''
  const kept = request.idempotency && ending === null ? { answer } : {}
  const how = ending ?? ({ status: 'success' } as const)
  await settled(deps, { userId, usageId, ...how, ...charge, durationMs, firstTokenMs, ...kept })
  return { answer, usage: charge.modelTokens }
}
