import { v7 as uuidv7, validate } from 'uuid'
import type { DirectReply } from './plain-answer'

/** What is known about one request and its response while it is served. The request log is written from it. */
export interface Exchange {
  requestId: string
  /** The origin that CORS allows to read the response, or null. */
  corsOrigin: string | null
  /** True if clients reach the hub through https: responses then tell browsers to use only https. */
  https: boolean
  /** The address of the other end of the socket, as the server saw it. */
  remoteAddress: string | null
  /** The pattern of the route, such as `/api/v1/tools/{tool_id}`; null where none matched. */
  route: string | null
  userId: string | null
  /** The called tool, by the caller's name for it; null before that is read, undefined if no tool is called. */
  called: string | null | undefined
  status: number
  /** Where the server reads a response without a `Response` object; null if it reads the `Response`. */
  tray: DirectReply | null
  /** Set for a stream; resolves at its end. */
  streaming?: Promise<void>
  endStream?: () => void
}

/** What the server passes along with a request. `incoming` is from @hono/node-server itself. */
export interface ServerEnv {
  remoteAddress?: string | undefined
  tray?: DirectReply
  incoming?: { socket?: { remoteAddress?: string | undefined } } | undefined
}

type Settings = { corsOrigins: string[]; hubUrl: string }

/** Starts an exchange. It keeps the caller's request id if that is a UUID; otherwise it creates one. */
export function openExchange(request: Request, env: ServerEnv | undefined, config: Settings): Exchange {
  const { headers } = request
  const asked = headers.get('x-request-id')
  const origin = headers.get('origin')
  return {
    requestId: asked !== null && validate(asked) ? asked.toLowerCase() : uuidv7(),
    corsOrigin: origin !== null && config.corsOrigins.includes(origin) ? origin : null,
    https: config.hubUrl.startsWith('https:'),
    remoteAddress: env?.remoteAddress ?? env?.incoming?.socket?.remoteAddress ?? null,
    route: null,
    userId: null,
    called: undefined,
    status: 0,
    // A HEAD response is made from the headers of another `Response`.
    tray: request.method === 'HEAD' ? null : (env?.tray ?? null),
  }
}
