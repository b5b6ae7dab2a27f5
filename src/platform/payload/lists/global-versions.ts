import type { Payload, PayloadHandler } from 'payload'
import { rowsAsked } from './rows'

/** Payload calls no hook before it lists the versions of a global, so its endpoint is bounded. */
export function boundGlobalVersions(payload: Payload): void {
  for (const global of payload.globals.config)
    global.endpoints = (global.endpoints || []).map((endpoint) =>
      endpoint.path === '/versions' && endpoint.method === 'get'
        ? { ...endpoint, handler: bounded(endpoint.handler) }
        : endpoint,
    )
}

function bounded(handler: PayloadHandler): PayloadHandler {
  return (req) => {
    const { limit, pagination } = req.query
    const asked = rowsAsked({
      limit: numberOf(limit),
      pagination: pagination !== 'false' && pagination !== false,
    })
    if (asked.isMaximum) Object.assign(req.query, { limit: asked.rows, pagination: true })
    return handler(req)
  }
}

/** A query string's number. Other text stays text, and is refused later. */
function numberOf(value: unknown): unknown {
  return typeof value === 'string' && value.trim() !== '' && !Number.isNaN(Number(value))
    ? Number(value)
    : value
}
