import { z } from 'zod'
import { Problem, type ProblemDetail } from '../../platform/kernel/problem'
import { newPasswordProblems } from './new-password'

/** An email as it is stored and compared: trimmed and in lower case. */
export const emailSchema = z
  .string('must be text')
  .trim()
  .toLowerCase()
  .max(254, 'must have at most 254 characters')
  .pipe(z.email('must be an email address'))

/** A name of a user or key: 1 to 100 characters after trimming, none of them a control character. */
export const nameSchema = z
  .string('must be text')
  .trim()
  .min(1, 'must not be empty')
  .max(100, 'must have at most 100 characters')
  .regex(/^\P{Cc}*$/u, 'must not have control characters')

export type Registration = { name: string; email: string; password: string }

/**
 * A registration with its email and name in the stored form; `about` are further words that its password must not
 * consist of. Throws VALIDATION_ERROR with every error.
 */
export async function readRegistration(
  input: Registration,
  about: readonly string[] = [],
): Promise<Registration> {
  const name = nameSchema.safeParse(input.name)
  const email = emailSchema.safeParse(input.email)
  const details = [
    ...faults('name', name.error),
    ...faults('email', email.error),
    ...(await newPasswordProblems(input.password, 'password', [input.name, input.email, ...about])),
  ]
  if (details.length > 0 || !name.success || !email.success) throw invalid(details)
  return { name: name.data, email: email.data, password: input.password }
}

/** Returns one valid value, or throws VALIDATION_ERROR with everything that is wrong with it. */
export function readField<T>(field: string, schema: z.ZodType<T>, value: unknown): T {
  const result = schema.safeParse(value)
  if (!result.success) throw invalid(faults(field, result.error))
  return result.data
}

/** A 400 that lists every error, in its message and in its details. */
export function invalid(details: ProblemDetail[]): Problem {
  const summary = details.map(({ field, message }) => `${field}: ${message}`).join('; ')
  return new Problem('VALIDATION_ERROR', summary, { details })
}

function faults(field: string, error: z.ZodError | undefined): ProblemDetail[] {
  return (error?.issues ?? []).map(({ message }) => ({ field, message }))
}
