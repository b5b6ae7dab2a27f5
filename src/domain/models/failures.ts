import { AddressRefused } from '../../platform/outbound/agent'
import { badResponse, timedOut, unavailable } from '../tools/adapters/adapter'
import { quotable } from '../tools/quotable'
import type { ModelFailure, Target } from './adapter'
import type { ProviderError, ProviderWords } from './provider-words'

const UNAVAILABLE = new Set([502, 503, 504, 529])
/** What the provider says of the request itself: asking another one, or again, would not help. */
const REQUEST_REFUSED = new Set([400, 404, 405, 409, 413, 415, 422])
const LONGEST_PAUSE_MS = 5 * 60_000
const USUAL_PAUSE_MS = 5_000

/** The caller has gone, or the hub ended the call. */
export class CallEnded extends Error {
  override name = 'CallEnded'
}

/** The time that the tool allows is over. */
export class TimeOver extends Error {
  override name = 'TimeOver'
  constructor(readonly timeoutMs: number) {
    super(`no answer in ${timeoutMs} ms`)
  }
}

/**
 * What an answer of this status means. A 429 leaves the upstream alone for as long as it asks, and its caller for some
 * seconds where it names no time; `said` is what it said of a request that it refused, without secrets.
 */
export function failureOfStatus(
  status: number,
  retryAfter: string | null,
  said: ProviderWords,
): ModelFailure {
  const reason = `HTTP ${status}`
  if (status === 429) {
    return {
      ...unavailable(`${reason}: rate limit of the provider`, 'unknown'),
      retryAfterMs: pauseOf(retryAfter),
      namedNoTime: retryAfter === null,
      tryNext: true,
    }
  }
  if (UNAVAILABLE.has(status)) {
    return {
      ...unavailable(reason, 'down'),
      ...(retryAfter ? { retryAfterMs: pauseOf(retryAfter) } : {}),
      tryNext: true,
    }
  }
  // Some servers answer so to an input that they stumble over.
  if (status >= 500) return { ...badResponse(reason), health: 'ambiguous', tryNext: true }
  if (REQUEST_REFUSED.has(status)) {
    return { ...badResponse(reason), tryNext: false, refused: { status, ...said } }
  }
  return { ...badResponse(reason), tryNext: true }
}

/** Errors of these tell of the account that all callers share: its key, its bill, its rate. */
const OF_THE_ACCOUNT = new Set([401, 402, 403, 407, 429])

/**
 * What an error means that a provider tells within an answer of status 200, or in a stream. One of the request is
 * refused as by its status; what else it says may be read by the caller, unless it is of the account.
 */
export function failureOfToldError(error: ProviderError, target: Target): ModelFailure {
  const said = wordsFor(error, target)
  if (error.status === null) return { ...malformed('its answer is an error'), said, isTold: true }
  const failure = failureOfStatus(error.status, null, said)
  return OF_THE_ACCOUNT.has(error.status) ? { ...failure, isTold: true } : { ...failure, said, isTold: true }
}

/** A provider's words without secrets, and bounded. */
export function wordsFor({ message, code, param }: ProviderError, target: Target): ProviderWords {
  return { message: quotable(message, target), code, param }
}

/**
 * What a call that ended without an answer means: by `signal` where that ended it, else by the error. The reason is a
 * code, never the error's text: that may hold the address with what an admin put in it.
 */
export function failureOfError(error: unknown, signal: AbortSignal): ModelFailure {
  if (signal.aborted) return failureOfSignal(signal)
  if (error instanceof AddressRefused)
    return { ...unavailable('its address may not be called', 'unknown'), tryNext: true }
  const { code, name } = error as { code?: unknown; name?: string }
  const reason = typeof code === 'string' ? code : (name ?? 'error')
  const isNoHttp = reason.startsWith('HPE_') || reason === 'UND_ERR_HEADERS_OVERFLOW'
  // A RangeError is what a value that is nested absurdly deep ends in.
  if (isNoHttp || reason === 'UND_ERR_INVALID_ARG' || reason === 'RangeError')
    return { ...badResponse(reason), tryNext: true }
  return { ...unavailable(reason, 'down'), tryNext: true }
}

function failureOfSignal(signal: AbortSignal): ModelFailure {
  const { reason } = signal
  if (reason instanceof TimeOver) return { ...timedOut(reason.timeoutMs, 'ambiguous'), tryNext: false }
  return { ...unavailable('the call was ended early', 'unknown'), tryNext: false }
}

/** An answer that is none of the API's. */
export function malformed(what: string): ModelFailure {
  return { ...badResponse(what), tryNext: true }
}

/** `Retry-After` in milliseconds, whether seconds or a date; at most five minutes. */
function pauseOf(retryAfter: string | null): number {
  if (retryAfter === null) return USUAL_PAUSE_MS
  const seconds = Number(retryAfter)
  const ms = Number.isFinite(seconds) ? seconds * 1_000 : Date.parse(retryAfter) - Date.now()
  return Number.isFinite(ms) ? Math.min(LONGEST_PAUSE_MS, Math.max(1_000, ms)) : USUAL_PAUSE_MS
}
