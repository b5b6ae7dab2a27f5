import { APICallError, InvalidPromptError, UnsupportedFunctionalityError } from '@ai-sdk/provider'
import { badResponse, unavailable } from '../tools/adapters/adapter'
import { AddressRefused } from '../tools/agent'
import type { ModelFailure } from './adapter'
import type { Seen } from './provider-fetch'
import { Untranslatable } from './translate-error'

/** What Anthropic answers when all its customers together ask too much. */
const OVERLOADED = 529
const UNAVAILABLE = new Set([502, 503, 504, OVERLOADED])
const REFUSED = new Set([400, 404, 413, 422])
const MOST_MESSAGE = 1_000

/** What a failed call of a provider's library means. What was seen on the wire counts before what the library says. */
export function failureOf(error: unknown, seen: Seen, signal: AbortSignal): ModelFailure {
  if (signal.aborted) return { ...unavailable('the call was ended early', 'unknown'), tryNext: false }
  if (isUntranslatable(error)) return untranslatable(error.message)
  if (seen.error) return connectionFailure(seen.error)
  if (seen.fault) return { ...badResponse(seen.fault), tryNext: true }
  const status = statusOf(error, seen)
  if (status === null) return { ...badResponse('its answer is not of its provider’s format'), tryNext: true }
  return statusFailure(status, seen, (error as Error).message)
}

/** Refused before anybody was called: another upstream may know what this one does not. */
export function untranslatable(message: string): ModelFailure {
  const failure = badResponse('the request has no counterpart at this provider')
  return { ...failure, health: 'unknown', tryNext: true, refused: { status: 400, message } }
}

function isUntranslatable(error: unknown): error is Error {
  return (
    error instanceof Untranslatable ||
    UnsupportedFunctionalityError.isInstance(error) ||
    InvalidPromptError.isInstance(error)
  )
}

/** The answer's status, or the one that an error inside of a 200 stands for. */
function statusOf(error: unknown, seen: Seen): number | null {
  if (seen.status !== null && (seen.status < 200 || seen.status >= 300)) return seen.status
  const told = APICallError.isInstance(error) ? (error.statusCode ?? 0) : 0
  return told >= 400 ? told : null
}

function connectionFailure(error: unknown): ModelFailure {
  if (error instanceof AddressRefused) {
    return { ...unavailable('its address may not be called', 'unknown'), tryNext: true }
  }
  const { code, name } = error as { code?: unknown; name?: string }
  const reason = typeof code === 'string' ? code : (name ?? 'error')
  const isNoHttp = reason.startsWith('HPE_') || reason === 'UND_ERR_HEADERS_OVERFLOW'
  return { ...(isNoHttp ? badResponse(reason) : unavailable(reason, 'down')), tryNext: true }
}

function statusFailure(status: number, { headers }: Seen, message: string): ModelFailure {
  const reason = `HTTP ${status}`
  if (status === 429) {
    const retryAfterMs = retryAfter(headers['retry-after'])
    const wait = retryAfterMs === null ? {} : { retryAfterMs }
    return { ...unavailable(reason, 'unknown'), ...wait, tryNext: true }
  }
  if (UNAVAILABLE.has(status)) return { ...unavailable(reason, 'down'), tryNext: true }
  if (status >= 500) return { ...badResponse(reason), health: 'down', tryNext: true }
  if (!REFUSED.has(status)) return { ...badResponse(reason), tryNext: true }
  const refused = { status, message: message.slice(0, MOST_MESSAGE) || reason }
  return { ...badResponse(reason), tryNext: false, refused }
}

/** `Retry-After` in seconds or as a date; null where there is none that can be read. */
function retryAfter(value: string | string[] | undefined): number | null {
  const text = String(value ?? '').trim()
  if (/^\d{1,6}$/.test(text)) return Number(text) * 1_000
  const at = text ? Date.parse(text) : Number.NaN
  return Number.isNaN(at) ? null : Math.max(0, at - Date.now())
}
