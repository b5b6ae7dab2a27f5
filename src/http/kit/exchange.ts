import { v7 as uuidv7, validate } from 'uuid'
import type { DirectReply } from './plain-answer'

/** What is known of one request and its answer while it is served; the request log is written from it. */
export interface Exchange {
  requestId: string
  /** The origin that CORS lets read the answer, or null. */
  corsOrigin: string | null
  /** True where clients reach the hub by https: browsers are then told to use nothing else. */
  https: boolean
  /** The address of the other end of the socket, as the server saw it. */
  remoteAddress: string | null
  /** The pattern of the route, such as `/api/v1/tools/{tool_id}`; null where none matched. */
  route: string | null
  userId: string | null
  /** The tool that is called, as the caller named it; null before that is read, undefined where none is called. */
  called: string | null | undefined
  status: number
  /** Where the server takes an answer from as it was made; null where it takes the `Response`. */
  tray: DirectReply | null
  /** Set for a stream: resolves at its end. */
  streaming?: Promise<void>
  endStream?: () => void
}

/** What the server hands over with a request. `incoming` is what @hono/node-server gives by itself. */
export interface ServerEnv {
  remoteAddress?: string | undefined
  tray?: DirectReply
  incoming?: { socket?: { remoteAddress?: string | undefined } } | undefined
}

type Settings = { corsOrigins: string[]; hubUrl: string }

/** Starts an exchange: the caller's request id is kept when it is a UUID, else a new one is made. */
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
    // The answer to HEAD is made from another's headers.
    tray: request.method === 'HEAD' ? null : (env?.tray ?? null),
  }
}
