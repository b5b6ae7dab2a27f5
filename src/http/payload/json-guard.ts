import { Problem } from '../../platform/kernel/problem'

const MOST_DEPTH = 60
/** Values of a body: Payload walks through all of them several times. */
export const MOST_VALUES = 20_000

/**
 * Refuses what is no JSON object, what is nested too deep or has too many values for Payload, and NUL characters. Throws
 * `Problem`.
 */
export function checkJsonText(text: string, mostValues: number): void {
  const value = parse(text)
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    throw new Problem('VALIDATION_ERROR', 'The body must be a JSON object')
  }
  const field = fieldWithNul(value, '', { left: mostValues, most: mostValues })
  if (field !== null) throw nulIn(field)
}

export const tooManyValues = (most: number): Problem =>
  new Problem('VALIDATION_ERROR', `The body has more than ${most} values`)

/** Refuses text with a NUL character, which PostgreSQL cannot store. Throws `Problem` that names the field. */
export function refuseNul(text: string, field: string): void {
  if (text.includes('\0')) throw nulIn(field)
}

function nulIn(field: string): Problem {
  return new Problem('VALIDATION_ERROR', `${field}: NUL characters are not allowed`, { details: [{ field }] })
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    throw new Problem('VALIDATION_ERROR', 'The body is not valid JSON')
  }
}

type Count = { left: number; readonly most: number }

function fieldWithNul(value: unknown, path: string, count: Count, depth = 0): string | null {
  count.left -= 1
  if (count.left < 0) throw tooManyValues(count.most)
  if (depth > MOST_DEPTH)
    throw new Problem('VALIDATION_ERROR', `The body is nested more than ${MOST_DEPTH} levels deep`)
  if (typeof value === 'string') return value.includes('\0') ? path : null
  if (typeof value !== 'object' || value === null) return null
  for (const [key, child] of Object.entries(value)) {
    if (key.includes('\0')) return path || 'body'
    const found = fieldWithNul(child, path ? `${path}.${key}` : key, count, depth + 1)
    if (found !== null) return found
  }
  return null
}
