import type { ExecutionArgs, ValidationRule } from 'graphql'
import type { PayloadRequest } from 'payload'
import { refusedBy } from './refused-status'
import { overRate } from './request-rate'

/** A rule that refuses a document of a caller who sent too many requests in this minute. */
export function boundRate({ contextValue }: ExecutionArgs): ValidationRule {
  const { req } = (contextValue ?? {}) as { req?: PayloadRequest }
  return (context) => {
    const refusal = req && overRate(req)
    if (refusal) context.reportError(refusedBy(refusal, contextValue))
    return {}
  }
}
