import type { Endpoint, Payload } from 'payload'
import { requireOwnCookies, requireTrustedOrigin } from './origin'

type Endpoints = Omit<Endpoint, 'root'>[]

/** Payload's paths that set cookies, for every collection with sign-in. */
const SETS_COOKIES = ['/login', '/logout', '/refresh-token', '/reset-password', '/first-register']
/** The only GET endpoints of Payload that change data. */
const CHANGES_BY_GET = ['/run', '/handle-schedules']

/**
 * Adds the check of the origin before each endpoint of Payload's REST API, including the host's own. The versioned
 * API reads no cookie. For `onInit`.
 */
export function guardOrigins(payload: Payload): void {
  const { config } = payload
  const roots: Endpoint[] = config.endpoints
  config.endpoints = roots.map((one) => (isVersioned(one) ? one : guarded(one))) as typeof config.endpoints
  for (const one of payload.globals.config)
    if (one.endpoints) one.endpoints = one.endpoints.map((endpoint) => guarded(endpoint))
  for (const { config: one } of Object.values(payload.collections)) {
    const signsIn = Boolean(one.auth)
    one.endpoints =
      one.endpoints && (one.endpoints as Endpoints).map((endpoint) => guarded(endpoint, signsIn))
  }
}

const isVersioned = ({ path }: { path: string }) => path === '/v1' || path.startsWith('/v1/')

function guarded<E extends Omit<Endpoint, 'root'>>(endpoint: E, signsIn = false): E {
  const { path, method, handler } = endpoint
  const setsCookies = signsIn && method === 'post' && SETS_COOKIES.includes(path)
  // A navigation may come from another site because it only reads. These GET endpoints change data, so they count as POST.
  const changes = method === 'get' && CHANGES_BY_GET.includes(path) ? 'POST' : method
  return {
    ...endpoint,
    handler: async (req) => {
      const asked = { headers: req.headers, method: changes }
      if (setsCookies) requireTrustedOrigin(asked, req.payload.config)
      requireOwnCookies(asked, req.payload.config)
      return handler(req)
    },
  }
}
