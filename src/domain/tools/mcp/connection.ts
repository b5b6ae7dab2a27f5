import {
  Client,
  type PriorDiscovery,
  ProtocolError,
  StreamableHTTPClientTransport,
} from '@modelcontextprotocol/client'
import { fromMarks } from '../../../platform/kernel/exact-json'
import { checkEndpoint } from '../../../platform/outbound/address-guard'
import { toolAgent } from '../../../platform/outbound/agent'
import { DEFAULT_ANSWER_BYTES } from '../../../platform/outbound/call-http'
import type { HttpAnswer } from '../../../platform/outbound/http-answer'
import { toolSettings } from '../../../platform/outbound/outbound-settings'
import type { OwnHeaders } from '../own-headers'
import { repeats, withoutSecrets } from '../repeated-secrets'
import { type Fault, guardedFetch } from './guarded-fetch'
import { cutOff, timeLimit } from './time-limit'

/** A remote MCP server: its address, the headers that an admin gave it, and what of them it may not say back. */
export type RemoteServer = { endpoint: string } & OwnHeaders

export type RemoteLimits = {
  timeoutMs: number
  signal?: AbortSignal | undefined
  requestId?: string
  /** What is known of the server: which revisions it speaks. Saves asking. */
  prior?: PriorDiscovery | undefined
}

export type Connected = { client: Client; signal: AbortSignal; timeoutMs: number }

/** How it ended: the value, or what went wrong in the words of the adapter for HTTP. */
export type RemoteAnswer<T> =
  | { ended: 'done'; value: T; prior: PriorDiscovery | undefined }
  | Exclude<HttpAnswer, { ended: 'answered' }>

/** Those that the protocol itself sets. */
const OF_THE_PROTOCOL = /^(accept|content-type|last-event-id|mcp-.*)$/
/** The hub's own limit ends a request; the library's must not do it before. */
const LONGER_MS = 1_000

/**
 * Connects to a server, does `work`, and leaves again. It never throws for what the server does. Of whoever caused it
 * the server learns the request id and nothing else.
 */
export async function withServer<T>(
  server: RemoteServer,
  limits: RemoteLimits,
  work: (connected: Connected) => Promise<T>,
): Promise<RemoteAnswer<T>> {
  const refused = checkEndpoint(server.endpoint, toolSettings().policy)
  if (refused) return { ended: 'refused', reason: refused }
  const limit = timeLimit(limits)
  const broken = new AbortController()
  const signal = AbortSignal.any([limit.signal, broken.signal])
  let fault: Fault | null = null
  const transport = transportFor(server, limits, signal, {
    // What follows the end (the library takes its request back) says nothing of why it came.
    note: (found) => {
      if (!signal.aborted) fault = found
    },
    onBroken: () => broken.abort(),
  })
  const client = new Client(
    { name: 'joyfull-ui-hub', version: '1.0.0' },
    { versionNegotiation: { mode: 'auto' } },
  )
  const timeout = limits.timeoutMs + LONGER_MS
  try {
    const asked = (async () => {
      await client.connect(transport, { signal, timeout, ...(limits.prior ? { prior: limits.prior } : {}) })
      return work({ client, signal, timeoutMs: timeout })
    })()
    const value = await orAborted(asked, signal)
    return { ended: 'done', value: fromMarks(unrepeated(value, server)), prior: priorOf(client) }
  } catch (error) {
    if (limit.signal.aborted) return cutOff(limit.signal)
    return fault ?? explain(error, broken.signal.aborted)
  } finally {
    limit.stop()
    leave(client, transport)
  }
}

function unrepeated<T>(value: T, { secrets }: RemoteServer): T {
  if (secrets.length === 0 || !repeats(JSON.stringify(value), secrets)) return value
  return withoutSecrets(value, secrets)
}

type Watch = { note: (fault: Fault | null) => void; onBroken: () => void }

function transportFor(server: RemoteServer, { requestId }: RemoteLimits, signal: AbortSignal, watch: Watch) {
  const given = Object.entries(server.headers).filter(([name]) => !OF_THE_PROTOCOL.test(name.toLowerCase()))
  const headers = { ...Object.fromEntries(given), ...(requestId ? { 'x-request-id': requestId } : {}) }
  return new StreamableHTTPClientTransport(new URL(server.endpoint), {
    requestInit: { headers },
    fetch: guardedFetch({ agent: toolAgent(), mostBytes: DEFAULT_ANSWER_BYTES, signal, ...watch }),
    reconnectionOptions: {
      maxRetries: 0,
      initialReconnectionDelay: 1_000,
      maxReconnectionDelay: 1_000,
      reconnectionDelayGrowFactor: 1,
    },
  })
}

/** What a promise answers, unless the signal comes first. */
async function orAborted<T>(asked: Promise<T>, signal: AbortSignal): Promise<T> {
  asked.catch(() => undefined)
  let stop: (() => void) | undefined
  const aborted = new Promise<never>((_, reject) => {
    const end = () => reject(new Error('ended early'))
    if (signal.aborted) return end()
    signal.addEventListener('abort', end, { once: true })
    stop = () => signal.removeEventListener('abort', end)
  })
  return Promise.race([asked, aborted]).finally(() => stop?.())
}

/** The reason is a name or number, never the error's text: that may hold what the server said. */
function explain(error: unknown, isBroken: boolean): Exclude<HttpAnswer, { ended: 'answered' }> {
  if (isBroken) return { ended: 'unavailable', reason: 'its stream ended without a result' }
  if (ProtocolError.isInstance(error)) return { ended: 'bad', reason: `error ${error.code} of the protocol` }
  const { name, code } = error as { name?: string; code?: unknown }
  return { ended: 'bad', reason: typeof code === 'string' ? code : (name ?? 'error') }
}

function priorOf(client: Client): PriorDiscovery | undefined {
  const discover = client.getDiscoverResult()
  return discover ? { kind: 'modern', discover } : { kind: 'legacy' }
}

/** A server with sessions is told that this one is over; nobody waits for it. */
function leave(client: Client, transport: StreamableHTTPClientTransport): void {
  void transport
    .terminateSession()
    .catch(() => undefined)
    .finally(() => client.close())
    .catch(() => undefined)
}
