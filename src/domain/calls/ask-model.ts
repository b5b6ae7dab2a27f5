import { isModelTool, type ModelTool } from '../models/call-model'
import type { Preparation } from '../models/input'
import type { PreparedCall } from '../models/prepared-call'
import type { Tool } from '../tools/tool'
import { admitCall, type CallDeps, type CallRequest, type InvokeOutcome } from './admit-call'
import { keepUntilSettled } from './in-flight'
import type { ModelCall } from './run-model'
import { runModel } from './run-model'
import { type StreamOutcome, streamModel } from './stream-model'

export interface ModelRequest extends CallRequest {
  /** The prepared call of the model, or why the request is invalid. */
  prepared: (tool: ModelTool) => Preparation
}

/** Calls a model tool with a request in the model's own format; the response is the provider's, unchanged. */
export function askModel(deps: CallDeps, request: ModelRequest): Promise<InvokeOutcome> {
  return keepUntilSettled(admitAndAsk(deps, request))
}

/** Like `askModel`, as a stream. */
export async function askModelStream(deps: CallDeps, request: ModelRequest): Promise<StreamOutcome> {
  const started = await keepUntilSettled(start(deps, request))
  return started.ended === 'not-yet' ? streamModel(deps, request, toCall(started)) : started
}

async function admitAndAsk(deps: CallDeps, request: ModelRequest): Promise<InvokeOutcome> {
  const started = await start(deps, request)
  return started.ended === 'not-yet' ? runModel(deps, request, toCall(started)) : started
}

const start = (deps: CallDeps, request: ModelRequest) =>
  admitCall(deps, request, (tool) => prepareTool(tool, request))

function prepareTool(tool: Tool, { prepared }: ModelRequest): (PreparedCall & { tool: ModelTool }) | null {
  const preparation = isModelTool(tool) ? prepared(tool) : null
  return preparation && 'prepared' in preparation && isModelTool(tool)
    ? { ...preparation.prepared, tool }
    : null
}

function toCall({
  prepared,
  admitted,
}: {
  prepared: PreparedCall & { tool: ModelTool }
  admitted: ModelCall['admitted']
}) {
  return { tool: prepared.tool, prepared, admitted, answer: (_value: object, text: string) => text }
}
