import { type Credential, readCredential } from '../../domain/accounts/credential'
import { unauthorized } from '../../domain/accounts/principal'
import type { InvokeRequest } from '../../domain/calls/admit-call'
import { type Idempotency, readIdempotency } from '../../domain/calls/idempotency'
import { faultsOf, type InvokeOutcome, invoke, type StreamOutcome } from '../../domain/calls/invoke'
import { nameOf, requireFewRefused } from '../../domain/calls/refused-inputs'
import { untilAdmissible } from '../../domain/calls/until-admissible'
import { invalidFields } from '../../platform/kernel/problem'
import { BODY_LIMIT_BYTES, readJsonBody, unusableText } from '../kit/body'
import { ToolParams } from '../kit/common-schemas'
import type { Endpoint } from '../kit/endpoint'
import { type ApiContext, respond, sendProblem } from '../kit/envelope'
import { originOf } from '../kit/origin'
import type { Registry } from '../kit/registry'
import type { Services } from '../kit/services'
import { logToolProblem } from '../kit/tool-log'
import { requireCaller } from '../kit/who'
import { toDetails } from '../kit/zod-details'
import { answerStream, wantsStream } from './invoke-stream'
import { Invocation, InvokeBody, InvokeHeaders } from './schemas/tools'
import { noSuchTool } from './tool-lookup'

const endpoint: Endpoint = {
  method: 'post',
  path: '/tools/{tool_id}/invoke',
  operationId: 'invokeTool',
  tag: 'Tools',
  summary: 'Call a tool',
  description:
    "The tokens that the call used are charged to the plan's limit. A failed call is free. With `Accept: text/event-stream` the response is a stream: `output` events with parts of the output, then one `done` event with the result, or an `error` event with the code.",
  access: 'signed-in',
  params: ToolParams,
  headers: InvokeHeaders,
  body: InvokeBody,
  answer: { status: 200, description: "The tool's output.", schema: Invocation },
  problems: [
    'NOT_FOUND',
    'ACCOUNT_PAUSED',
    'SUBSCRIPTION_REQUIRED',
    'PLAN_UPGRADE_REQUIRED',
    'TOKEN_LIMIT_EXCEEDED',
    'IDEMPOTENCY_IN_PROGRESS',
    'IDEMPOTENCY_MISMATCH',
    'RATE_LIMITED',
    'TOKENS_HELD',
    'TOOL_BAD_RESPONSE',
    'TOOL_UNAVAILABLE',
    'TOOL_TIMEOUT',
  ],
}

/**
 * Adds the endpoint that calls a tool. It makes its own checks: a valid request needs only the SQL statement of its admission,
 * which also finds the caller. A request that is refused takes the slow path, which finds the reason in the usual order.
 */
export function addInvoke(registry: Registry): void {
  registry.addRaw(endpoint, (c) => serveInvoke(registry.services, c))
}

async function serveInvoke(services: Services, c: ApiContext): Promise<Response> {
  const { headers } = c.req.raw
  c.env.called = c.req.param('tool_id') ?? null
  const credential = await readCredential(headers, services.config.secret)
  if (!credential) throw unauthorized()
  requireFewRefused(credential)
  const sent = await readSent(services, c)
  const { fault, tool, input, bytes } = sent
  return untilAdmissible(services.pool, {
    credential,
    address: originOf(services, c).address,
    tool,
    fault,
    run: () => call(services, c, new SentCall(c, sent, credential)),
    faultsOf: (found) => faultsOf(found, { input, bytes, caller: nameOf(credential) }),
    noSuchTool,
    onCaller: (userId) => {
      c.env.userId = userId
    },
  })
}

/** The response; null if the request was not admitted. */
async function call(services: Services, c: ApiContext, request: InvokeRequest): Promise<Response | null> {
  if (!wantsStream(c.req.raw.headers)) return send(services, c, await invoke(services, request))
  const answer = await answerStream(services, c, request)
  return answer instanceof Response ? answer : sendPlain(services, c, answer)
}

/** `fault`: what is wrong with the request itself; it then has no input. */
type Sent = Pick<InvokeRequest, 'tool' | 'input' | 'idempotency' | 'bytes' | 'isKnown'> & { fault?: unknown }

/**
 * The request to the gateway. It is a class because of its getter: each object literal with a getter gets its own V8 shape,
 * which lives until a full garbage collection and keeps the whole request in memory.
 */
class SentCall implements InvokeRequest {
  readonly tool: string
  readonly input: Record<string, unknown>
  readonly idempotency: Idempotency | undefined
  readonly requestId: string
  readonly bytes: number
  readonly isKnown: boolean

  constructor(
    private readonly c: ApiContext,
    sent: Sent,
    readonly credential: Credential,
  ) {
    this.tool = sent.tool
    this.input = sent.input
    this.idempotency = sent.idempotency
    this.requestId = c.env.requestId
    this.bytes = sent.bytes
    this.isKnown = sent.isKnown
  }

  /** Created only when it is read: most calls end by themselves. */
  get signal(): AbortSignal {
    return this.c.req.raw.signal
  }
}

/** The input, or its faults, which are reported only to an authenticated caller. */
async function readSent(services: Services, c: ApiContext): Promise<Sent> {
  let isKnown = false
  const beforeLarge = async () => {
    await requireCaller(services, c.req.raw.headers)
    isKnown = true
  }
  try {
    const { bytes, value } = await readJsonBody(c.req.raw, BODY_LIMIT_BYTES, beforeLarge)
    const idempotency = readIdempotency(c.req.raw.headers.get('idempotency-key'), bytes)
    return { tool: readTool(c), input: readInput(value), idempotency, bytes: bytes.length, isKnown }
  } catch (fault) {
    return { tool: '', input: {}, idempotency: undefined, bytes: 0, isKnown, fault }
  }
}

function readTool(c: ApiContext): string {
  const tool = c.req.param('tool_id') ?? ''
  const unusable = unusableText(tool, 'tool_id')
  if (unusable) throw invalidFields([unusable])
  return tool
}

/** Checked by hand, because this is on the hot path. The schema only explains what is wrong. */
function readInput(value: unknown): Record<string, unknown> {
  if (isObject(value) && isObject(value.input) && Object.keys(value).length === 1) return value.input
  const result = InvokeBody.safeParse(value, { reportInput: true })
  throw invalidFields(
    result.error ? toDetails(result.error, 'body') : [{ field: 'body', message: 'is not valid' }],
  )
}

const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

/** A stream has already been sent. */
function sendPlain(services: Services, c: ApiContext, outcome: StreamOutcome): Response | null {
  return outcome.ended === 'streaming' ? null : send(services, c, outcome)
}

function send(services: Services, c: ApiContext, outcome: InvokeOutcome): Response | null {
  if (outcome.ended === 'not-admissible') return null
  c.env.userId = outcome.userId
  if (outcome.ended === 'failed') {
    logToolProblem(services, c, outcome.problem)
    return sendProblem(c, outcome.problem)
  }
  // The result is already JSON text: it was created once, for the settlement and for this response.
  const body = `{"data":${outcome.answer},"error":null,"meta":{"request_id":"${c.env.requestId}"}}`
  return respond(c, 200, body, { 'content-type': 'application/json; charset=utf-8', ...outcome.headers })
}
