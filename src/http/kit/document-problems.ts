import { Problem, type ProblemDetail } from '../../platform/kernel/problem'

/**
 * Runs an operation on a document. What its hooks and validation refuse is thrown as a `Problem` that speaks
 * of the fields as the API names them: the caller knows no others.
 */
export async function onDocument<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work()
  } catch (error) {
    throw error instanceof Problem ? inApiWords(error) : (fromPayload(error) ?? error)
  }
}

function inApiWords({ code, message, details, headers, cause }: Problem): Problem {
  const renamed = details.map((detail) => ({
    ...detail,
    ...(detail.field ? { field: toSnakeCase(detail.field) } : {}),
  }))
  const summary = renamed.map(({ field, message: why }) => `${field}: ${why}`).join('; ')
  return new Problem(code, summary || message, { details: renamed, headers, cause })
}

interface PayloadError extends Error {
  status: number
  data?: { errors?: { path?: string; message?: string }[] }
}

/** What a refusal of Payload's means to a caller, with its fields by the API's names; null for anything else. */
export function fromPayload(error: unknown): Problem | null {
  if (!(error instanceof Error) || typeof (error as PayloadError).status !== 'number') return null
  const { status, data, message } = error as PayloadError
  const details = (data?.errors ?? []).map(({ path = 'body', message: why = 'is not valid' }) => ({
    field: toSnakeCase(path),
    message: why,
  }))
  if (status === 401) return new Problem('UNAUTHORIZED', 'Sign in first.', { cause: error })
  if (status === 403) return new Problem('FORBIDDEN', 'You may not do this.', { cause: error })
  if (status === 404) return new Problem('NOT_FOUND', 'This object does not exist.', { cause: error })
  if (status === 409) return new Problem('CONFLICT', message, { details, cause: error })
  if (status < 400 || status >= 500) return null
  return refusedDocument(details, message, error)
}

/** Payload reports a value that is taken as a failed validation; for the caller it is a conflict. */
function refusedDocument(details: ProblemDetail[], message: string, cause: Error): Problem {
  const taken = details.filter((detail) => /must be unique/i.test(detail.message ?? ''))
  if (taken.length > 0) {
    const fields = taken.map((detail) => detail.field).join(', ')
    const details = taken.map(({ field }) => ({ field, message: 'is already taken' }))
    return new Problem('CONFLICT', `Already taken: ${fields}.`, { details, cause })
  }
  if (details.length === 0) return new Problem('VALIDATION_ERROR', message, { cause })
  const summary = details.map((detail) => `${detail.field}: ${detail.message}`).join('; ')
  return new Problem('VALIDATION_ERROR', summary, { details, cause })
}

/** Payload's field name as the API spells it. */
function toSnakeCase(name: string): string {
  return API_NAMES[name] ?? name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`)
}

const API_NAMES: Record<string, string> = {
  endpoint: 'api_endpoint',
  meteringMode: 'metering.mode',
  meteringPath: 'metering.path',
  meteringTokens: 'metering.tokens',
  minimumTier: 'minimum_plan',
  secretHeaders: 'headers',
  model: 'model.name',
  modelKind: 'model.kind',
  defaultOutputTokens: 'model.default_output_tokens',
  maxOutputTokens: 'model.max_output_tokens',
}
