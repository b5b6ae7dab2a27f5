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

/** A remote MCP server: its address, the headers from an admin, and the secrets among them that it may not return. */
export type RemoteServer = { endpoint: string } & OwnHeaders

export type RemoteLimits = {
  timeoutMs: number
  signal?: AbortSignal | undefined
  requestId?: string
  /** The revisions that the server is known to support. Saves a request. */
  prior?: PriorDiscovery | undefined
}

export type Connected = { client: Client; signal: AbortSignal; timeoutMs: number }

/** The result: a value, or a fault in the format of the HTTP adapter. */
export type RemoteAnswer<T> =
  | { ended: 'done'; value: T; prior: PriorDiscovery | undefined }
  | Exclude<HttpAnswer, { ended: 'answered' }>

/** Headers that the protocol itself sets. */
const OF_THE_PROTOCOL = /^(accept|content-type|last-event-id|mcp-.*)$/
/** The hub's own timeout ends a request. The library's timeout must not end it earlier. */
const LONGER_MS = 1_000

/**
 * Connects to a server, runs `work`, and disconnects. It never throws because of the server's behaviour. The server learns
 * only the request id of the caller.
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
    // Faults after the end (the library cancels its request) do not explain why it ended.
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

/** The value of a promise, unless the signal aborts first. */
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

/** The reason is a name or number, never the error's text, which may contain the server's words. */
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

/** Ends the session on a server that has sessions, without waiting for the response. */
function leave(client: Client, transport: StreamableHTTPClientTransport): void {
  void transport
    .terminateSession()
    .catch(() => undefined)
    .finally(() => client.close())
    .catch(() => undefined)
}
