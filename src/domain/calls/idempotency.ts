import { createHash } from 'node:crypto'
import { Problem } from '../../platform/kernel/problem'

const KEY = /^[\x21-\x7e]{1,255}$/

/** An `Idempotency-Key` and the hash of its request's body, in hex. */
export interface Idempotency {
  key: string
  bodyHash: string
}

/** The idempotency key of a request; undefined without one. Throws VALIDATION_ERROR. */
export function readIdempotency(key: string | null, body: Uint8Array): Idempotency | undefined {
  if (key === null) return undefined
  if (KEY.test(key)) return { key, bodyHash: createHash('sha256').update(body).digest('hex') }
  const message = 'must have 1 to 255 visible ASCII characters'
  throw new Problem('VALIDATION_ERROR', `Idempotency-Key ${message}.`, {
    details: [{ field: 'Idempotency-Key', message }],
  })
}

/** 422: the key was used for a different request. */
export function mismatch(): Problem {
  const message = 'This Idempotency-Key was used with another body. Use a new key for a new request.'
  return new Problem('IDEMPOTENCY_MISMATCH', message, {
    details: [{ field: 'Idempotency-Key', message: 'was used with another body' }],
  })
}

/** 409: the first request with this key still runs. */
export function inProgress(): Problem {
  const message = 'The first request with this Idempotency-Key is still running. Try again in a moment.'
  const details = [{ field: 'Idempotency-Key', message: 'is in use by a request that is still running' }]
  return new Problem('IDEMPOTENCY_IN_PROGRESS', message, { details, headers: { 'Retry-After': '1' } })
}

/**
 * The key that a tool's endpoint gets: the caller's key, bound to the caller and the tool. The hub calls an endpoint
 * with one credential for all users, so the same key of two users must look different there.
 */
export function keyForTool(userId: string, toolId: string, key: string): string {
  return createHash('sha256').update(`${userId}\n${toolId}\n${key}`).digest('base64url')
}
