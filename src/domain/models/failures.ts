import { AddressRefused } from '../../platform/outbound/agent'
import { badResponse, timedOut, unavailable } from '../tools/adapters/adapter'
import { quotable } from '../tools/quotable'
import type { ModelFailure, Target } from './adapter'
import type { ProviderError, ProviderWords } from './provider-words'

const UNAVAILABLE = new Set([502, 503, 504, 529])
/** Errors of the request itself: another provider, or another attempt, would not help. */
const REQUEST_REFUSED = new Set([400, 404, 405, 409, 413, 415, 422])
const LONGEST_PAUSE_MS = 5 * 60_000
const USUAL_PAUSE_MS = 5_000

/** The caller disconnected, or the hub ended the call. */
export class CallEnded extends Error {
  override name = 'CallEnded'
}

/** The tool's timeout is over. */
export class TimeOver extends Error {
  override name = 'TimeOver'
  constructor(readonly timeoutMs: number) {
    super(`no answer in ${timeoutMs} ms`)
  }
}

/**
 * What a response with this status means. After a 429 the upstream is not called for as long as it asks; without a time,
 * its caller waits some seconds. `said` is the message about a refused request, without secrets.
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
  // Some servers respond like this to an input on which they fail.
  if (status >= 500) return { ...badResponse(reason), health: 'ambiguous', tryNext: true }
  if (REQUEST_REFUSED.has(status)) {
    return { ...badResponse(reason), tryNext: false, refused: { status, ...said } }
  }
  return { ...badResponse(reason), tryNext: true }
}

/** These errors are about the account that all callers share: its key, its bill, its rate. */
const OF_THE_ACCOUNT = new Set([401, 402, 403, 407, 429])

/**
 * What an error means that a provider reports in a response with status 200, or in a stream. An error of the request is
 * treated like its status. The caller may read other messages, unless they are about the account.
 */
export function failureOfToldError(error: ProviderError, target: Target): ModelFailure {
  const said = wordsFor(error, target)
  if (error.status === null) return { ...malformed('its answer is an error'), said, isTold: true }
  const failure = failureOfStatus(error.status, null, said)
  return OF_THE_ACCOUNT.has(error.status) ? { ...failure, isTold: true } : { ...failure, said, isTold: true }
}

/** A provider's message without secrets, with a maximum length. */
export function wordsFor({ message, code, param }: ProviderError, target: Target): ProviderWords {
  return { message: quotable(message, target), code, param }
}

/**
 * Why a call ended without a response: from `signal` if it ended the call, else from the error. The reason is a code,
 * never the error's text, which may contain the address with secrets that an admin put in it.
 */
export function failureOfError(error: unknown, signal: AbortSignal): ModelFailure {
  if (signal.aborted) return failureOfSignal(signal)
  if (error instanceof AddressRefused)
    return { ...unavailable('its address may not be called', 'unknown'), tryNext: true }
  const { code, name } = error as { code?: unknown; name?: string }
  const reason = typeof code === 'string' ? code : (name ?? 'error')
  const isNoHttp = reason.startsWith('HPE_') || reason === 'UND_ERR_HEADERS_OVERFLOW'
  // An extremely deeply nested value causes a RangeError.
  if (isNoHttp || reason === 'UND_ERR_INVALID_ARG' || reason === 'RangeError')
    return { ...badResponse(reason), tryNext: true }
  return { ...unavailable(reason, 'down'), tryNext: true }
}

function failureOfSignal(signal: AbortSignal): ModelFailure {
  const { reason } = signal
  if (reason instanceof TimeOver) return { ...timedOut(reason.timeoutMs, 'ambiguous'), tryNext: false }
  return { ...unavailable('the call was ended early', 'unknown'), tryNext: false }
}

/** An invalid response: it does not have the API's format. */
export function malformed(what: string): ModelFailure {
  return { ...badResponse(what), tryNext: true }
}

/** `Retry-After` (seconds or a date) in milliseconds; at most five minutes. */
function pauseOf(retryAfter: string | null): number {
  if (retryAfter === null) return USUAL_PAUSE_MS
  const seconds = Number(retryAfter)
  const ms = Number.isFinite(seconds) ? seconds * 1_000 : Date.parse(retryAfter) - Date.now()
  return Number.isFinite(ms) ? Math.min(LONGEST_PAUSE_MS, Math.max(1_000, ms)) : USUAL_PAUSE_MS
}
