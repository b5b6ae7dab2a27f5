import { MAIN } from '../tools/model-row'
import type { Model, Tool } from '../tools/tool'
import type {
  ModelAnswer,
  ModelAsk,
  ModelContext,
  ModelFailure,
  ModelStream,
  SentUpstream,
  Target,
} from './adapter'
import { CallEnded, failureOfError, TimeOver } from './failures'
import { unrepeated, unrepeatedStream } from './unrepeated'
import { overUpstreams } from './upstreams'

type Started = Extract<ModelStream, { ok: true }>
type Answered = Extract<ModelAnswer, { ok: true }>

/** A tool that is a model. */
export type ModelTool = Tool & { model: Model }

/** The caller is for the breakers alone: no adapter knows it. */
export type CallerContext = ModelContext & { callerId: string }

export const isModelTool = (tool: Tool): tool is ModelTool => tool.model !== null

/** Asks a model for a whole answer. It always answers and never throws, so that the call can be settled. */
export async function callModel(
  tool: ModelTool,
  ask: ModelAsk,
  { callerId, ...context }: CallerContext,
): Promise<ModelAnswer> {
  const { signal } = context
  return guarded(context, () =>
    overUpstreams<Answered>(tool, { callerId, signal }, async (adapter, target) => {
      beginAt(target, context)
      return unrepeated(await adapter.complete(target, ask, context), target)
    }),
  )
}

/** Asks a model for a stream; resolves with its first event, before which another upstream may have been tried. */
export async function openModelStream(
  tool: ModelTool,
  ask: ModelAsk,
  { callerId, ...context }: CallerContext,
): Promise<ModelStream> {
  const { signal } = context
  return guarded(context, () =>
    overUpstreams<Started>(tool, { callerId, signal }, async (adapter, target) => {
      beginAt(target, context)
      return unrepeatedStream(await adapter.stream(target, ask, context), target)
    }),
  )
}

/** Nothing was sent yet, to nobody. */
export const nothingSent = (): SentUpstream => ({ upstream: MAIN, bytes: 0, at: performance.now() })

function beginAt({ upstream }: Target, { sent }: ModelContext): void {
  sent.upstream = upstream.name
  sent.bytes = 0
  sent.at = performance.now()
}

async function guarded<Answer>(
  { signal }: ModelContext,
  work: () => Promise<Answer>,
): Promise<Answer | ModelFailure> {
  try {
    return await work()
  } catch (error) {
    return failureOfError(error, signal)
  }
}

/** The one signal of a call: its time is over, or somebody ended it. `stop` lets the timer go. */
export function limitCall(timeoutMs: number) {
  const controller = new AbortController()
  const timer = setTimeout(() => controller.abort(new TimeOver(timeoutMs)), timeoutMs)
  return {
    signal: controller.signal,
    end: () => controller.abort(new CallEnded('ended early')),
    stop: () => clearTimeout(timer),
  }
}
