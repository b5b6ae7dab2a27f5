import type { GraphQLResolveInfo } from 'graphql'
import type { PayloadRequest } from 'payload'
import { v7 as uuidv7, validate } from 'uuid'
import { requestCredential } from '../../../domain/accounts/payload/strategy'
import { unauthorized } from '../../../domain/accounts/principal'
import { payloadBy } from '../../../domain/audit/payload-by'
import { cancelSubscription, subscribe } from '../../../domain/billing/operations/subscribe'
import { readIdempotency } from '../../../domain/calls/idempotency'
import { type Invocation, invokeTool } from '../../../domain/calls/invoke-tool'
import { requireAccess } from '../../../domain/operation/access'
import { carryOut } from '../../../domain/operation/operation'
import { summariseUsage } from '../../../domain/usage/read-usage'
import { toJson } from '../../../platform/kernel/exact-json'
import { invalidField, invalidFields } from '../../../platform/kernel/problem'
import { caller, type HubUser } from '../../../platform/payload/caller'
import { callerAddress } from '../../../platform/payload/caller-address'
import { requestIdOf } from '../../../platform/payload/request-context'
import { hubLog, runtime } from '../../../platform/runtime/runtime'
import { RangeQuery } from '../../api/schemas/usage'
import { unusableValue } from '../../kit/body'
import { toDetails } from '../../kit/zod-details'
import { exactInput, hiddenDigits } from './exact-integers'

/** As `POST /api/v1/tools/{tool_id}/invoke`. */
export async function invoke(
  req: PayloadRequest,
  { tool, input, idempotencyKey }: { tool: string; input: unknown; idempotencyKey?: string | null },
  info: GraphQLResolveInfo,
): Promise<Invocation> {
  const { pool, secret } = runtime()
  const credential = await requestCredential(req.headers, req.payload, secret)
  if (!credential) throw unauthorized()
  signedIn(req)
  const sent = exactInput(req, info, readInput(input))
  const log = hubLog()
  const body = Buffer.from(toJson({ input: sent }, sent))
  const idempotency = readIdempotency(idempotencyKey ?? null, body)
  const { signal } = req
  const result = await invokeTool(
    { pool, log },
    {
      credential,
      tool,
      input: sent,
      requestId: idOf(req),
      idempotency,
      signal,
      address: callerAddress(req.headers),
      bytes: body.length,
      isKnown: true,
    },
  )
  return hiddenDigits(req, result)
}

/** As `POST /api/v1/subscriptions/subscribe`. */
export async function choosePlan(req: PayloadRequest, { plan }: { plan: string }) {
  const request = requestOf(req, { plan })
  requireAccess(request.caller, subscribe.access)
  const unusable = unusableValue(plan, 'plan')
  if (unusable) throw invalidFields([unusable])
  return (await carryOut(subscribe, deps(), request)).output
}

/** As `POST /api/v1/subscriptions/cancel`. */
export async function cancel(req: PayloadRequest) {
  return (await carryOut(cancelSubscription, deps(), requestOf(req, {}))).output
}

const deps = () => ({ pool: runtime().pool, config: null, now: null })

/** An operation of the caller on their own account. Throws UNAUTHORIZED. */
function requestOf<Input>(req: PayloadRequest, input: Input) {
  const { id: userId, role, via } = signedIn(req)
  return { subjectId: userId, input, caller: { userId, role, via, by: payloadBy(req) } }
}

/** As `GET /api/v1/usage/summary`. */
export function summarise(
  req: PayloadRequest,
  range: { startDate?: string | null; endDate?: string | null },
) {
  const { id } = signedIn(req)
  const given = { start_date: range.startDate ?? undefined, end_date: range.endDate ?? undefined }
  const read = RangeQuery.safeParse(given, { reportInput: true })
  if (!read.success) throw invalidFields(toDetails(read.error, 'range').map(inCamelCase))
  return summariseUsage(runtime().pool, id, { startDate: read.data.start_date, endDate: read.data.end_date })
}

function signedIn(req: PayloadRequest): HubUser {
  const me = caller(req)
  if (!me) throw unauthorized()
  return me
}

/** A literal of the document arrives as an object without a prototype: it is made one like any other. */
function readInput(input: unknown): Record<string, unknown> {
  if (typeof input !== 'object' || input === null || Array.isArray(input))
    throw invalidField('input', 'must be an object')
  const unusable = unusableValue(input, 'input')
  if (unusable) throw invalidFields([unusable])
  return JSON.parse(JSON.stringify(input)) as Record<string, unknown>
}

/** The id that the answer carries; on a plain Next host nobody has given one. */
function idOf({ headers }: PayloadRequest): string {
  const asked = headers.get('x-request-id')
  return requestIdOf(headers) ?? (asked && validate(asked) ? asked.toLowerCase() : uuidv7())
}

function inCamelCase({ field = '', message = '' }: { field?: string; message?: string }) {
  const camel = (text: string) => text.replaceAll(/_date/g, 'Date')
  return { field: camel(field), message: camel(message) }
}
