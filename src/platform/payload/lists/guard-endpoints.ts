import type { Endpoint, Payload, PayloadHandler, PayloadRequest } from 'payload'
import { overRate } from './request-rate'
import { DEFAULT_ROWS, MOST_ROWS } from './rows'
import { inTurn } from './take-turn'

type Guarded = Omit<Endpoint, 'root'>

/** Payload's paths that return or change a list. */
const LISTS = ['get /', 'get /versions', 'patch /', 'delete /']

/**
 * Puts the rate by user and address before each endpoint of Payload's REST API, the host's own included, and lets lists
 * take turns. The versioned API has limits of its own. For `onInit`.
 */
export function guardEndpoints(payload: Payload): void {
  const { config } = payload
  const roots: Endpoint[] = config.endpoints
  config.endpoints = roots.map((one) => (isVersioned(one) ? one : limited(one))) as typeof config.endpoints
  const entities = [...payload.globals.config, ...Object.values(payload.collections).map((one) => one.config)]
  for (const entity of entities)
    if (entity.endpoints)
      entity.endpoints = (entity.endpoints as Guarded[]).map((one) => limited(inTurns(one)))
}

const isVersioned = ({ path }: { path: string }) => path === '/v1' || path.startsWith('/v1/')

function limited<E extends Guarded>(endpoint: E): E {
  const { handler } = endpoint
  const guarded: PayloadHandler = (req) => {
    refuseOverRate(req)
    return handler(req)
  }
  return { ...endpoint, handler: guarded }
}

/** Throws RATE_LIMITED. For an error response, Payload takes the headers from the request. */
function refuseOverRate(req: PayloadRequest): void {
  const refusal = overRate(req)
  if (!refusal) return
  noteHeaders(req, refusal.headers)
  throw refusal
}

/** Headers that Payload adds to every response to this request. */
export function noteHeaders(req: PayloadRequest, headers: Record<string, string>): void {
  const noted = new Headers(req.responseHeaders)
  for (const [name, value] of Object.entries(headers)) noted.set(name, value)
  req.responseHeaders = noted
}

function inTurns<E extends Guarded>(endpoint: E): E {
  const { handler, method, path } = endpoint
  if (!LISTS.includes(`${method} ${path}`)) return endpoint
  return { ...endpoint, handler: (req) => inTurn(req, rowsOf(req), () => handler(req)) }
}

/** An invalid limit counts as the maximum. Populated relations are loaded too, so they add a little. */
function rowsOf({ method, query }: PayloadRequest): number {
  const isList = method?.toUpperCase() === 'GET' && query.pagination !== 'false'
  const limit = query.limit === undefined && isList ? DEFAULT_ROWS : Number(query.limit) || MOST_ROWS
  return query.depth === '0' ? limit : limit * 2
}
