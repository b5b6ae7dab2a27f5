import type { Endpoint, PayloadRequest } from 'payload'
import { callerAddress } from '../../platform/payload/caller-address'
import { hubApi } from '../api/hub-api'

const METHODS = ['get', 'post', 'put', 'patch', 'delete', 'options'] as const

/**
 * The versioned API as Payload endpoints, for a host that runs Payload on plain Next: `/api/v1/*` is handed to
 * the same fetch handler that the hub's own server uses.
 */
export const apiEndpoints: Endpoint[] = METHODS.flatMap((method) => [
  { path: '/v1/:path*', method, handler },
  { path: '/v1', method, handler },
])

function handler(req: PayloadRequest): Promise<Response> {
  const request = req as unknown as Request
  const remoteAddress = callerAddress(req.headers) ?? 'unknown'
  const init: RequestInit & { duplex?: 'half' } = {
    method: request.method,
    headers: request.headers,
    signal: request.signal,
  }
  if (request.body) Object.assign(init, { body: request.body, duplex: 'half' })
  return hubApi(req.payload).fetch(new Request(String(req.url), init), { remoteAddress })
}
