import type { ProblemDetail } from '../../platform/kernel/problem'
import type { Hold } from '../ledger/call'
import { isModelTool, type ModelTool } from '../models/call-model'
import { prepareCall } from '../models/input'
import type { PreparedCall } from '../models/prepared-call'
import { checkInput, type SentInput } from '../tools/input'
import { holdFor } from '../tools/metering'
import type { Tool } from '../tools/tool'
import { usualTokens } from '../usage/usual-tokens'
import { admitCall, type CallDeps, type InvokeOutcome, type InvokeRequest } from './admit-call'
import { keepUntilSettled } from './in-flight'
import { invocation } from './invocation'
import { nameOf } from './refused-inputs'
import { runCall } from './run-call'
import { runModel } from './run-model'
import { type StreamOutcome, streamModel } from './stream-model'

export type { CallDeps, InvokeOutcome } from './admit-call'
export type { StreamOutcome } from './stream-model'

/**
 * Invokes a tool: admit (one committed statement) → call → settle (one committed statement). Every interface that
 * takes an input object uses this function; for a model tool the input becomes a chat request.
 */
export function invoke(deps: CallDeps, request: InvokeRequest): Promise<InvokeOutcome> {
  return keepUntilSettled(admitAndRun(deps, request))
}

/** Like `invoke`, as a stream if the tool is a model; any other tool responds as with `invoke`. */
export async function invokeStream(deps: CallDeps, request: InvokeRequest): Promise<StreamOutcome> {
  const started = await keepUntilSettled(admitCall(deps, request, (tool) => prepareTool(tool, request)))
  if (started.ended !== 'not-yet') return started
  const { tool, prepared, admitted } = started
  if (prepared.model && isModelTool(tool))
    return streamModel(deps, request, { tool, prepared: prepared.model, admitted, answer: invocation })
  return keepUntilSettled(runCall(deps, request, tool, admitted))
}

async function admitAndRun(deps: CallDeps, request: InvokeRequest): Promise<InvokeOutcome> {
  const started = await admitCall(deps, request, (tool) => prepareTool(tool, request))
  if (started.ended !== 'not-yet') return started
  const { tool, prepared, admitted } = started
  if (prepared.model && isModelTool(tool))
    return runModel(deps, request, { tool, prepared: prepared.model, admitted, answer: invocation })
  return runCall(deps, request, tool, admitted)
}

type PreparedInput = { hold: Hold; model: PreparedCall | null }

/** Why a tool does not accept an input; empty if it does. */
export async function faultsOf(tool: Tool, sent: SentInput): Promise<ProblemDetail[]> {
  const faults = await checkInput(tool, sent)
  if (faults.length > 0 || !isModelTool(tool)) return faults
  const preparation = prepareCall(tool, sent.input)
  return 'faults' in preparation ? preparation.faults : []
}

/** The input in the form that the check takes. */
export const sentOf = ({ input, bytes, credential }: InvokeRequest): SentInput => ({
  input,
  bytes,
  caller: nameOf(credential),
})

/** Returns a promise only if the check takes long. */
function prepareTool(
  tool: Tool,
  request: InvokeRequest,
): PreparedInput | null | Promise<PreparedInput | null> {
  const problems = checkInput(tool, sentOf(request))
  if (problems instanceof Promise)
    return problems.then((found) => (found.length > 0 ? null : prepareChecked(tool, request.input)))
  return problems.length > 0 ? null : prepareChecked(tool, request.input)
}

function prepareChecked(tool: Tool, input: Record<string, unknown>): PreparedInput | null {
  if (!isModelTool(tool)) return { hold: holdFor(tool, input, usualTokens(tool.id)), model: null }
  return prepareModel(tool, input)
}

function prepareModel(tool: ModelTool, input: Record<string, unknown>): PreparedInput | null {
  const preparation = prepareCall(tool, input)
  return 'prepared' in preparation ? { hold: preparation.prepared.hold, model: preparation.prepared } : null
}
