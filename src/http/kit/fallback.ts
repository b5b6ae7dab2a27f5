import { Problem } from '../../platform/kernel/problem'
import { ALLOWED_HEADERS, alsoAllowed } from './cors-headers'
import { type ApiContext, respond } from './envelope'
import type { Registry } from './registry'

const PREFLIGHT_SECONDS = '600'
/** Answers what no route took: OPTIONS of a known path, another method of it (405), an unknown path (404). */
export function answerUnrouted(registry: Registry, c: ApiContext): Response {
  const known = registry.allowed(c.req.path)
  if (!known) return registry.sendProblem(c, new Problem('NOT_FOUND', 'There is nothing at this address.'))
  c.env.route = known.route
  if (c.req.method === 'OPTIONS') return respond(c, 204, null, optionsHeaders(c, known.allow))
  const message = `This address does not support ${c.req.method}.`
  return registry.sendProblem(
    c,
    new Problem('METHOD_NOT_ALLOWED', message, { headers: { allow: known.allow } }),
  )
}

function optionsHeaders(c: ApiContext, allow: string): Record<string, string> {
  const headers: Record<string, string> = { allow }
  if (c.env.corsOrigin === null) return headers
  const asked = c.req.header('access-control-request-headers') ?? ''
  return {
    ...headers,
    'access-control-allow-methods': allow,
    'access-control-allow-headers': [...ALLOWED_HEADERS, ...alsoAllowed(asked)].join(', '),
    'access-control-max-age': PREFLIGHT_SECONDS,
    vary: 'Origin, Access-Control-Request-Method, Access-Control-Request-Headers',
  }
}
