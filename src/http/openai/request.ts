import type { Credential } from '../../domain/accounts/credential'
import { readCredential } from '../../domain/accounts/credential'
import type { ModelRequest } from '../../domain/calls/ask-model'
import { type Idempotency, readIdempotency } from '../../domain/calls/idempotency'
import { countRefused, requireFewRefused } from '../../domain/calls/refused-inputs'
import { isModelTool, type ModelTool } from '../../domain/models/call-model'
import type { Planned } from '../../domain/models/input'
import { catalogueAt } from '../../domain/tools/catalogue'
import { Problem } from '../../platform/kernel/problem'
import { readJsonBody } from '../kit/body'
import { invalid } from '../kit/endpoint'
import type { ApiContext } from '../kit/envelope'
import { originOf } from '../kit/origin'
import type { Services } from '../kit/services'
import { requireCaller, unauthorized } from '../kit/who'
import { noSuchModel } from './models'

/** A conversation may hold images. */
const MOST_BYTES = 8 * 1024 * 1024

type Json = Record<string, unknown>

/** What was sent: the model's name and the rest of the body, or what is wrong with it. */
export type Sent = { credential: Credential } & (
  | {
      model: string
      body: Json
      stream: boolean
      idempotency: Idempotency | undefined
      bytes: number
      isKnown: boolean
    }
  | { fault: unknown }
)

/** Reads a call of a model. What is wrong with its body is said only once it is known who is calling. */
export async function readCall(services: Services, c: ApiContext): Promise<Sent> {
  const credential = await readCredential(c.req.raw.headers, services.config.secret)
  if (!credential) throw unauthorized()
  requireFewRefused(credential)
  let isKnown = false
  const beforeLarge = async () => {
    await requireCaller(services, c.req.raw.headers)
    isKnown = true
  }
  try {
    const { bytes, value } = await readJsonBody(c.req.raw, MOST_BYTES, beforeLarge)
    if (typeof value !== 'object' || value === null || Array.isArray(value))
      throw invalid([{ field: 'body', message: 'must be a JSON object' }])
    const { model, stream = false, ...body } = value as Json
    if (typeof model !== 'string' || model === '')
      throw invalid([{ field: 'model', message: "must be a model's name: GET /v1/models lists them" }])
    c.env.called = model
    if (stream !== null && typeof stream !== 'boolean')
      throw invalid([{ field: 'stream', message: 'must be true or false' }])
    const key = stream ? null : c.req.raw.headers.get('idempotency-key')
    return {
      credential,
      model,
      body,
      stream: stream === true,
      idempotency: readIdempotency(key, bytes),
      bytes: bytes.length,
      isKnown,
    }
  } catch (fault) {
    return { credential, fault }
  }
}

/** The gateway's request for a call that was read. */
export function modelRequest(
  c: ApiContext,
  sent: Exclude<Sent, { fault: unknown }>,
  plan: (tool: ModelTool) => Planned,
): ModelRequest {
  return {
    credential: sent.credential,
    tool: sent.model,
    requestId: c.env.requestId,
    idempotency: sent.idempotency,
    bytes: sent.bytes,
    isKnown: sent.isKnown,
    signal: c.req.raw.signal,
    plan,
  }
}

/** Throws why a call is not admissible: nobody, a fault of the body, no such model, or what the model does not take. */
export async function explain(
  services: Services,
  c: ApiContext,
  sent: Sent,
  plan: (tool: ModelTool) => Planned,
): Promise<void> {
  const { userId, catalogueVersion } = await requireCaller(services, c.req.raw.headers)
  c.env.userId = userId
  const { credential } = sent
  const refused = (problem: Problem) =>
    countRefused({ credential, userId, address: originOf(services, c).address }, problem)
  if ('fault' in sent) throw sent.fault instanceof Problem ? refused(sent.fault) : sent.fault
  const tool = (await catalogueAt(services.pool, catalogueVersion)).find(sent.model)
  if (!tool?.isActive || !isModelTool(tool)) throw noSuchModel(sent.model)
  const planned = plan(tool)
  if ('faults' in planned) throw refused(invalid(planned.faults))
}
