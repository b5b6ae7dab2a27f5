import { madeOf } from '../../platform/kernel/exact-json'
import { Problem, type ProblemDetail } from '../../platform/kernel/problem'
import { type TrialRow, writeTrial } from '../ledger/trial'
import { callModel, isModelTool, limitCall, type ModelTool, nothingSent } from '../models/call-model'
import { believed, chargeFor, type ModelCharge } from '../models/charge'
import { producedText } from '../models/counted-text'
import { prepareCall, toOutput } from '../models/input'
import { capOutputToHold, type PreparedCall } from '../models/prepared-call'
import { callTool, type ToolFailure } from '../tools/call-tool'
import type { Draft } from '../tools/draft'
import { holdFor, measure } from '../tools/metering'
import type { Tool, ToolInput, ToolOutput } from '../tools/tool'
import { usualTokens } from '../usage/usual-tokens'
import { keepUntilSettled } from './in-flight'
import { type CallDeps, faultsOf } from './invoke'
import { countRefused, nameOf, requireFewRefused } from './refused-inputs'
import { type TriedAs, type Verdict, wouldAdmit } from './would-admit'

export type TryRequest = {
  draft: Draft
  input: ToolInput
  as: TriedAs
  adminId: string
  requestId: string
  signal?: AbortSignal | undefined
}

/** The result of a trial. `charge` is what the ledger would charge: 0 for a tool that failed. */
export type Trial = {
  usageId: string
  output: ToolOutput | null
  failure: { code: string; reason: string } | null
  charge: TrialCharge
  durationMs: number
  verdict: Verdict
  secretsLeftOut: string[]
}

/** A failure charges nothing, and its token counts are unknown. */
type TrialCharge = Omit<ModelCharge, 'source'> & Pick<TrialRow, 'source'>

type Called = { output: ToolOutput; charge: TrialCharge } | { failure: ToolFailure }

/**
 * Tests a draft without charging anyone. The tool is called even if admission would refuse; the result also says what
 * admission would do. Throws VALIDATION_ERROR for an input that the tool does not accept.
 */
export function tryTool(deps: CallDeps, request: TryRequest): Promise<Trial> {
  return keepUntilSettled(callAndNote(deps, request))
}

async function callAndNote({ pool }: CallDeps, request: TryRequest): Promise<Trial> {
  const { draft, input, as, adminId, requestId } = request
  const { tool, secretsLeftOut } = draft
  const credential = { kind: 'session', sessionId: '', userId: adminId } as const
  requireFewRefused(credential)
  const bytes = Buffer.byteLength(JSON.stringify(input))
  const faults = await faultsOf(tool, { input, bytes, caller: nameOf(credential) })
  if (faults.length > 0) throw countRefused({ credential, userId: adminId, address: null }, notTaken(faults))
  const prepared = preparedModelCall(tool, input)
  const hold = prepared?.hold ?? holdFor(tool, input, usualTokens(tool.id))
  const verdict = await wouldAdmit(pool, tool, hold, as)
  const startedAt = performance.now()
  const called = await call(request, prepared, verdict.tokensHeld)
  const durationMs = Math.max(0, Math.round(performance.now() - startedAt))
  const failure = 'failure' in called ? called.failure : null
  const charge = 'failure' in called ? NOTHING : called.charge
  const row: TrialRow = {
    adminId,
    toolId: tool.id,
    toolName: tool.name,
    planId: verdict.planId,
    source: charge.source,
    modelTokens: charge.modelTokens,
    requestId,
    durationMs,
    errorCode: failure?.code ?? null,
  }
  return {
    usageId: await writeTrial(pool, row),
    output: 'failure' in called ? null : called.output,
    failure: failure && { code: failure.code, reason: failure.logMessage },
    charge,
    durationMs,
    verdict,
    secretsLeftOut,
  }
}

const NOTHING: TrialCharge = { tokens: 0, source: 'unknown', modelTokens: null }

function notTaken(faults: ProblemDetail[]): Problem {
  const message = `${faults.map((fault) => `${fault.field} ${fault.message}`).join('; ')}.`
  return new Problem('VALIDATION_ERROR', message, { details: faults })
}

function preparedModelCall(tool: Tool, input: ToolInput): PreparedCall | null {
  if (!isModelTool(tool)) return null
  const preparation = prepareCall(tool, input)
  return 'prepared' in preparation ? preparation.prepared : null
}

async function call(request: TryRequest, prepared: PreparedCall | null, tokensHeld: number): Promise<Called> {
  const { draft, input, adminId, requestId, signal } = request
  const { tool } = draft
  if (prepared && isModelTool(tool)) return callOfModel(tool, prepared, tokensHeld, request)
  const answer = await callTool(tool, input, { callerId: adminId, requestId, signal })
  if (!answer.ok) return { failure: answer }
  const { tokens, source } = await measure(tool, input, answer.output)
  return { output: answer.output, charge: { tokens, source, modelTokens: null } }
}

async function callOfModel(
  tool: ModelTool,
  prepared: PreparedCall,
  tokensHeld: number,
  { adminId, requestId, signal }: TryRequest,
): Promise<Called> {
  const limit = limitCall(tool.timeoutMs)
  if (signal?.aborted) limit.end()
  signal?.addEventListener('abort', limit.end, { once: true })
  try {
    const sent = nothingSent()
    const ask = capOutputToHold(tool, prepared, tokensHeld)
    const context = { callerId: adminId, requestId, signal: limit.signal, sent }
    const answer = await callModel(tool, ask, context)
    if (!answer.ok) return { failure: answer }
    const usage = believed(answer.usage, { tool, ask, choices: prepared.choices, sent })
    const took = { usage, produced: producedText(answer.value), isWhole: true }
    return {
      output: madeOf(answer.value, toOutput(answer.value)),
      charge: await chargeFor(tool, prepared, took),
    }
  } finally {
    limit.stop()
    signal?.removeEventListener('abort', limit.end)
  }
}
