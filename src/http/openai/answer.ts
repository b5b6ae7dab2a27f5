import { askModel, askModelStream } from '../../domain/calls/ask-model'
import type { InvokeOutcome } from '../../domain/calls/invoke'
import type { CallEvent, StreamOutcome } from '../../domain/calls/stream-model'
import { untilAdmissible } from '../../domain/calls/until-admissible'
import { isModelTool, type ModelTool } from '../../domain/models/call-model'
import type { Preparation } from '../../domain/models/input'
import type { ProviderWords } from '../../domain/models/provider-words'
import type { Problem } from '../../platform/kernel/problem'
import { type ApiContext, respond } from '../kit/envelope'
import { toProblem } from '../kit/failures'
import { originOf } from '../kit/origin'
import type { Services } from '../kit/services'
import { type StreamSource, streamOutcome, texts } from '../kit/stream-answer'
import { logToolProblem } from '../kit/tool-log'
import { sendError, sendRefused } from './errors'
import { noSuchModel } from './models'
import { modelRequest, readCall, type Sent } from './request'

/** How one endpoint of this API sends requests and responses. */
export type ModelEndpoint = {
  prepared: (tool: ModelTool, body: Record<string, unknown>) => Preparation
  /** Turns the provider's response into the text of the hub's response. */
  answer?: (text: string, sent: Sent, c: ApiContext) => string
  /** Turns one event of a stream into the text to send. It is created for each stream. */
  events?: (sent: Sent, c: ApiContext) => (event: CallEvent) => string
}

/** Serves one call of a model: read, call, respond. Refusals are explained in the contract's order. */
export async function serveModelCall(
  services: Services,
  c: ApiContext,
  endpoint: ModelEndpoint,
): Promise<Response> {
  const sent = await readCall(services, c)
  const prepared = (tool: ModelTool) => endpoint.prepared(tool, sent.body)
  return untilAdmissible(services.pool, {
    credential: sent.credential,
    address: originOf(services, c).address,
    tool: sent.model,
    fault: sent.fault,
    run: () => ask(services, c, endpoint, sent, prepared),
    faultsOf: (tool) => {
      if (!isModelTool(tool)) return null
      const preparation = prepared(tool)
      return 'faults' in preparation ? preparation.faults : []
    },
    noSuchTool: () => noSuchModel(sent.model),
    onCaller: (userId) => {
      c.env.userId = userId
    },
  })
}

async function ask(
  services: Services,
  c: ApiContext,
  endpoint: ModelEndpoint,
  sent: Sent,
  prepared: (tool: ModelTool) => Preparation,
): Promise<Response | null> {
  const request = modelRequest(c, sent, prepared)
  const { events } = endpoint
  if (!sent.stream || !events)
    return sendOutcome(services, c, endpoint, sent, await askModel(services, request))
  const outcome = await streamOutcome(c, askModelStream(services, request), {
    isPlain: ({ ended }) => ended !== 'streaming',
    source: (found) => sourceOf(services, c, found, events(sent, c)),
    headers: (found) => ('headers' in found ? found.headers : {}),
    failed: (error) => texts([failedText(services, c, events(sent, c), toProblem(error))]),
  })
  if (outcome instanceof Response) return outcome
  return outcome.ended === 'streaming' ? null : sendOutcome(services, c, endpoint, sent, outcome)
}

function sendOutcome(
  services: Services,
  c: ApiContext,
  { answer }: ModelEndpoint,
  sent: Sent,
  outcome: InvokeOutcome,
): Response | null {
  if (outcome.ended === 'not-admissible') return null
  c.env.userId = outcome.userId
  if (outcome.ended === 'failed') {
    logToolProblem(services, c, outcome.problem)
    return outcome.refused ? sendRefused(c, outcome.refused) : sendError(c, outcome.problem, outcome.said)
  }
  const text = answer ? answer(outcome.answer, sent, c) : outcome.answer
  return respond(c, 200, text, { 'content-type': 'application/json; charset=utf-8', ...outcome.headers })
}

/** A stream that began before its outcome was known may still fail. */
function sourceOf(
  services: Services,
  c: ApiContext,
  outcome: StreamOutcome,
  toText: (event: CallEvent) => string,
): StreamSource {
  if (outcome.ended === 'failed')
    return texts([failedText(services, c, toText, outcome.problem, outcome.refused ?? outcome.said)])
  if (outcome.ended !== 'streaming') throw new Error('a stream was asked for')
  c.env.userId = outcome.userId
  const { events } = outcome
  return {
    next: async () => {
      for (let some = await events.read(); some.length > 0; some = await events.read()) {
        const last = some.at(-1)
        if (last?.type === 'failed') logToolProblem(services, c, last.problem)
        const text = some.map(toText).join('')
        if (text !== '') return text
      }
      return undefined
    },
    leave: () => events.leave(),
  }
}

/** A failure as an event of the stream, in the endpoint's own format. */
function failedText(
  services: Services,
  c: ApiContext,
  toText: (event: CallEvent) => string,
  problem: Problem,
  said?: ProviderWords,
): string {
  logToolProblem(services, c, problem)
  return toText({ type: 'failed', problem, ...(said ? { said } : {}) })
}
