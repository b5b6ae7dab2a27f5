import { readCredential } from '../../domain/accounts/credential'
import { unauthorized } from '../../domain/accounts/principal'
import { trustedOrigins } from '../../platform/config/trusted-origins'
import { hasDigits, hideDigits, showDigits } from '../../platform/kernel/exact-json'
import { invalidField, Problem } from '../../platform/kernel/problem'
import { readJsonBody } from '../kit/body'
import { type ApiContext, answerHeaders, respond } from '../kit/envelope'
import { originOf } from '../kit/origin'
import { BASE, type Registry } from '../kit/registry'
import type { Services } from '../kit/services'
import { requireCaller } from '../kit/who'
import { answerMcp, isTooManyMessages } from './answer'
import { describeMcp } from './document'

/** The hub's own path of the MCP endpoint, and its path on a plain Next host. */
const PATHS = ['/mcp', `${BASE}/mcp`]

/** Adds the endpoint for MCP clients. It is stateless, so there is no stream to GET and no session to DELETE: 405. */
export function addMcp(registry: Registry): void {
  const origins = trustedOrigins(registry.services.config)
  for (const path of PATHS) registry.route('post', path, (c) => serveMcp(registry.services, c, origins))
  describeMcp(registry)
}

async function serveMcp(services: Services, c: ApiContext, origins: string[]): Promise<Response> {
  const request = c.req.raw
  const caller = await requireCaller(services, request.headers)
  const credential = await readCredential(request.headers, services.config.secret)
  if (!credential) throw unauthorized()
  c.env.userId = caller.userId
  requireTrusted(request.headers.get('origin'), origins)
  const { value, bytes } = await readJsonBody(request)
  if (value === undefined) throw invalidField('body', 'must be a JSON-RPC message')
  if (isTooManyMessages(value)) throw invalidField('body', 'contains too many messages')
  const { address } = originOf(services, c)
  const call = { caller, credential, requestId: c.env.requestId, address, bytes: bytes.length }
  return send(c, await answerMcp(services, call, request, hasDigits(value) ? hideDigits(value) : value))
}

/**
 * A page of another origin must not use a browser to call the hub, also not through DNS rebinding. Clients that are not
 * browsers send no origin.
 */
function requireTrusted(origin: string | null, origins: string[]): void {
  if (origin === null || origins.includes(origin)) return
  throw new Problem('FORBIDDEN', 'This origin may not call the hub. An admin can add it to CORS_ORIGINS.')
}

/** The library's response with the hub's usual headers. JSON is sent complete, a stream piece by piece. */
async function send(c: ApiContext, answer: Response): Promise<Response> {
  const isStream = /^text\/event-stream/i.test(answer.headers.get('content-type') ?? '')
  const headers = Object.fromEntries(answer.headers)
  if (!isStream)
    return respond(c, answer.status, answer.body === null ? null : showDigits(await answer.text()), headers)
  c.env.status = answer.status
  c.env.streaming = new Promise((resolve) => {
    c.env.endStream = resolve
  })
  const all = answerHeaders(c, { ...headers, 'cache-control': 'no-store, no-transform' })
  const body = answer.body && watched(answer.body, () => c.env.endStream?.())
  return new Response(body, { status: answer.status, headers: all })
}

/** The same stream; `onEnd` is called when it ends or nobody reads it any more. */
function watched(body: ReadableStream<Uint8Array>, onEnd: () => void): ReadableStream<Uint8Array> {
  const reader = body.getReader()
  const decoder = new TextDecoder()
  return new ReadableStream<Uint8Array>({
    pull: async (controller) => {
      const { done, value } = await reader.read().catch((error: unknown) => {
        onEnd()
        throw error
      })
      if (!done) return controller.enqueue(Buffer.from(showDigits(decoder.decode(value, { stream: true }))))
      controller.close()
      onEnd()
    },
    cancel: (reason) => {
      onEnd()
      return reader.cancel(reason)
    },
  })
}
