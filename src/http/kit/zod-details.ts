import type { z } from '@hono/zod-openapi'
import type { ProblemDetail } from '../../platform/kernel/problem'

type Issue = z.core.$ZodIssue

const FORMATS: Record<string, string> = {
  uuid: 'must be a UUID',
  email: 'must be an email address',
  date: 'must be a date such as 2026-01-31',
  datetime: 'must be a time in UTC such as 2026-01-31T12:00:00Z',
  url: 'must be a URL',
}

/** One line for each fault that zod found; `root` names the whole where the fault is not inside a field. */
export function toDetails(error: z.ZodError, root: string): ProblemDetail[] {
  // Beside its fields an object may remember digits of its integers, under a symbol.
  const issues = error.issues.filter(({ path }) => !path.some((key) => typeof key === 'symbol'))
  return issues.flatMap((issue) => {
    const field = issue.path.map(String).join('.') || root
    if (issue.code !== 'unrecognized_keys') return [{ field: short(field), message: wording(issue) }]
    const under = issue.path.length > 0 ? `${field}.` : ''
    return issue.keys.map((key) => ({ field: short(`${under}${key}`), message: 'is not a known field' }))
  })
}

/** Callers choose the names of unknown fields, so an answer must not carry them at any length. */
function short(field: string): string {
  return field.length > 100 ? `${field.slice(0, 100)}…` : field
}

/** What is wrong, as the end of a sentence that starts with the field. Never shows the value itself. */
function wording(issue: Issue): string {
  if (issue.code !== 'custom' && issue.input === undefined) return 'is required'
  switch (issue.code) {
    case 'invalid_type':
      return `must be ${article(issue.expected)}`
    case 'invalid_value':
      return `must be one of: ${issue.values.map(String).join(', ')}`
    case 'invalid_format':
      return FORMATS[issue.format] ?? issue.message
    case 'too_small':
      return `must ${bound(issue.origin, 'at least', issue.minimum)}`
    case 'too_big':
      return `must ${bound(issue.origin, 'at most', issue.maximum)}`
    default:
      return issue.message
  }
}

function bound(origin: string, which: string, count: number | bigint): string {
  if (origin === 'string') return `have ${which} ${count} ${Number(count) === 1 ? 'character' : 'characters'}`
  if (origin === 'array' || origin === 'record') return `have ${which} ${count} entries`
  return `be ${which} ${count}`
}

function article(expected: string): string {
  const word = expected === 'int' ? 'integer' : expected === 'record' ? 'object' : expected
  return `${/^[aeiou]/.test(word) ? 'an' : 'a'} ${word}`
}
