import type { Credential } from '../../domain/accounts/credential'
import { readCredential } from '../../domain/accounts/credential'
import { unauthorized } from '../../domain/accounts/principal'
import type { ModelRequest } from '../../domain/calls/ask-model'
import { type Idempotency, readIdempotency } from '../../domain/calls/idempotency'
import { requireFewRefused } from '../../domain/calls/refused-inputs'
import type { ModelTool } from '../../domain/models/call-model'
import type { Preparation } from '../../domain/models/input'
import { invalidFields } from '../../platform/kernel/problem'
import { readJsonBody } from '../kit/body'
import type { ApiContext } from '../kit/envelope'
import type { Services } from '../kit/services'
import { requireCaller } from '../kit/who'

/** A conversation may hold images. */
const MOST_BYTES = 8 * 1024 * 1024

type Json = Record<string, unknown>

/** What was sent: the model's name and the rest of the body. With a `fault`, it has no valid body. */
export type Sent = {
  credential: Credential
  model: string
  body: Json
  stream: boolean
  idempotency: Idempotency | undefined
  bytes: number
  isKnown: boolean
  fault?: unknown
}

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
      throw invalidFields([{ field: 'body', message: 'must be a JSON object' }])
    const { model, stream = false, ...body } = value as Json
    if (typeof model !== 'string' || model === '')
      throw invalidFields([{ field: 'model', message: "must be a model's name: GET /v1/models lists them" }])
    c.env.called = model
    if (stream !== null && typeof stream !== 'boolean')
      throw invalidFields([{ field: 'stream', message: 'must be true or false' }])
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
    const nothing = { model: '', body: {}, stream: false, idempotency: undefined, bytes: 0 }
    return { ...nothing, credential, isKnown, fault }
  }
}

/** The gateway's request for a call that was read. */
export function modelRequest(
  c: ApiContext,
  sent: Sent,
  prepared: (tool: ModelTool) => Preparation,
): ModelRequest {
  return {
    credential: sent.credential,
    tool: sent.model,
    requestId: c.env.requestId,
    idempotency: sent.idempotency,
    bytes: sent.bytes,
    isKnown: sent.isKnown,
    signal: c.req.raw.signal,
    prepared,
  }
}
