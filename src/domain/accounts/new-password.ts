import { passwordForm } from '../../platform/config/password-form'
import { passwordProblems } from '../../platform/config/password-rules'
import type { ProblemDetail } from '../../platform/kernel/problem'
import { isCommonPassword } from './common-passwords'

const COMMON = 'must not be a common password, or a name with a few characters around it: take several words'

/** Every rule that a new password breaks; `about` are words that somebody could guess for this account. */
export async function newPasswordProblems(
  password: string,
  field: string,
  about: readonly string[],
): Promise<ProblemDetail[]> {
  const problems = passwordProblems(password, field)
  if (!(await isCommonPassword(passwordForm(password), about))) return problems
  return [...problems, { field, rule: 'common', message: COMMON }]
}
