import { APICallError, InvalidPromptError, UnsupportedFunctionalityError } from '@ai-sdk/provider'
import { badResponse } from '../tools/adapters/adapter'
import type { ModelContext, ModelFailure, Target } from './adapter'
import { failureOfError, failureOfStatus, malformed, wordsFor } from './failures'
import type { Seen } from './provider-fetch'
import { wordsOfBody } from './provider-words'
import { Untranslatable } from './translate-error'

/** What a failed call of a provider's library means. What was seen on the wire counts before what the library says. */
export function failureOf(
  error: unknown,
  seen: Seen,
  target: Target,
  { signal }: ModelContext,
): ModelFailure {
  if (signal.aborted) return failureOfError(error, signal)
  if (isUntranslatable(error)) return untranslatable(error.message)
  if (seen.broken) return { tryNext: true, ...seen.broken }
  if (seen.error) return failureOfError(seen.error, signal)
  if (seen.fault) return malformed(seen.fault)
  const status = statusOf(error, seen)
  if (status === null) return malformed("its answer is not of its provider's format")
  const { 'retry-after': retryAfter } = seen.headers
  const said = wordsFor(wordsOfBody(seen.said), target)
  return failureOfStatus(status, typeof retryAfter === 'string' ? retryAfter : null, said)
}

/** Refused before anybody was called: another upstream may know what this one does not. */
function untranslatable(message: string): ModelFailure {
  const failure = badResponse('the request has no counterpart at this provider')
  return {
    ...failure,
    health: 'unknown',
    tryNext: true,
    refused: { status: 400, message, code: null, param: null },
  }
}

function isUntranslatable(error: unknown): error is Error {
  return (
    error instanceof Untranslatable ||
    UnsupportedFunctionalityError.isInstance(error) ||
    InvalidPromptError.isInstance(error)
  )
}

/** The response's status, or the one that an error inside a 200 means. */
function statusOf(error: unknown, seen: Seen): number | null {
  if (seen.status !== null && (seen.status < 200 || seen.status >= 300)) return seen.status
  const told = APICallError.isInstance(error) ? (error.statusCode ?? 0) : 0
  return told >= 400 ? told : null
}
