/** Every error code of the versioned API and its status. Each has its paragraph in docs/errors.md. */
export const PROBLEM_STATUS = {
  VALIDATION_ERROR: 400,
  UNAUTHORIZED: 401,
  INVALID_CREDENTIALS: 401,
  TOKEN_REUSED: 401,
  FORBIDDEN: 403,
  SUBSCRIPTION_REQUIRED: 403,
  PLAN_UPGRADE_REQUIRED: 403,
  TOKEN_LIMIT_EXCEEDED: 403,
  ACCOUNT_PAUSED: 403,
  EMAIL_NOT_CONFIRMED: 403,
  PLAN_NOT_AVAILABLE: 403,
  REGISTRATION_CLOSED: 403,
  NOT_FOUND: 404,
  METHOD_NOT_ALLOWED: 405,
  EMAIL_TAKEN: 409,
  CONFLICT: 409,
  IDEMPOTENCY_IN_PROGRESS: 409,
  PAYLOAD_TOO_LARGE: 413,
  UNSUPPORTED_MEDIA_TYPE: 415,
  IDEMPOTENCY_MISMATCH: 422,
  UPGRADE_REQUIRED: 426,
  RATE_LIMITED: 429,
  TOKENS_HELD: 429,
  INTERNAL: 500,
  TOOL_BAD_RESPONSE: 502,
  TOOL_UNAVAILABLE: 503,
  NOT_READY: 503,
  TOOL_TIMEOUT: 504,
} as const

export type ProblemCode = keyof typeof PROBLEM_STATUS

export type ProblemDetail = { field?: string; message?: string; [key: string]: unknown }

export type ProblemOptions = {
  /** One for each faulty field, or other facts that the caller may read. */
  details?: ProblemDetail[]
  /** Headers of the response (`Retry-After`). */
  headers?: Record<string, string>
  /** Only for the log. */
  cause?: unknown
}

/** The only class for expected errors. The caller may read `message` and `details`. */
export class Problem extends Error {
  readonly details: ProblemDetail[]
  readonly headers: Record<string, string>

  constructor(
    readonly code: ProblemCode,
    message: string,
    { details = [], headers = {}, cause }: ProblemOptions = {},
  ) {
    super(message, { cause })
    this.name = 'Problem'
    this.details = details
    this.headers = headers
  }

  get status(): number {
    return PROBLEM_STATUS[this.code]
  }
}

/** A 400 about one field: what is wrong and how to fix it. */
export function invalidField(field: string, message: string): Problem {
  return new Problem('VALIDATION_ERROR', `${field}: ${message}`, { details: [{ field, message }] })
}

/** A 400 that names every invalid field. */
export function invalidFields(details: ProblemDetail[]): Problem {
  const first = details.slice(0, 5).map((detail) => `${detail.field} ${detail.message}`)
  const more = details.length > 5 ? ` and ${details.length - 5} more` : ''
  return new Problem('VALIDATION_ERROR', `${first.join('; ')}${more}.`, { details: details.slice(0, 50) })
}

/** A 429 whose `Retry-After` is given in whole seconds, at least one. */
export function tooMany(
  message: string,
  retryAfterSeconds: number,
  code: 'RATE_LIMITED' | 'TOKENS_HELD' = 'RATE_LIMITED',
) {
  const seconds = Math.max(1, Math.ceil(retryAfterSeconds))
  return new Problem(code, message, { headers: { 'Retry-After': String(seconds) } })
}
