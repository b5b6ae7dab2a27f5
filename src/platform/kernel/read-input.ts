import type { z } from 'zod'
import { Problem } from './problem'

/**
 * Parses what was sent. Throws VALIDATION_ERROR that names each invalid field, or `whole` where no single field is
 * invalid; its message defaults to what is wrong with each of them.
 */
export function readInput<Schema extends z.ZodType>(
  schema: Schema,
  sent: unknown,
  { whole = '', message }: { whole?: string; message?: string } = {},
): z.output<Schema> {
  const read = schema.safeParse(sent)
  if (read.success) return read.data
  const details = read.error.issues.map((issue) => ({
    field: issue.path.join('.') || whole,
    message: issue.message,
  }))
  throw new Problem('VALIDATION_ERROR', message ?? details.map((one) => one.message).join('. '), { details })
}
