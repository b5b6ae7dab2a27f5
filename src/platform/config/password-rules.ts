import type { ProblemDetail } from '../kernel/problem'
import { passwordForm } from './password-form'

/** bcrypt reads at most this many bytes. A longer password is refused, not cut. */
export const MOST_PASSWORD_BYTES = 72

type Rule = { rule: string; message: string; holds: (password: string) => boolean }

const RULES: Rule[] = [
  { rule: 'length', message: 'must have at least 8 characters', holds: (text) => [...text].length >= 8 },
  { rule: 'lower_case', message: 'must have a lower-case letter', holds: (text) => /\p{Ll}/u.test(text) },
  { rule: 'upper_case', message: 'must have an upper-case letter', holds: (text) => /\p{Lu}/u.test(text) },
  { rule: 'digit', message: 'must have a digit', holds: (text) => /\p{Nd}/u.test(text) },
  {
    // Punctuation and symbols. A combining mark belongs to its letter, and invisible characters are none of either.
    rule: 'special',
    message: 'must have a special character, such as ! or %',
    holds: (text) => /[\p{P}\p{S}]/u.test(text),
  },
]

const STORABLE: Rule[] = [
  {
    rule: 'bytes',
    message: `must have at most ${MOST_PASSWORD_BYTES} bytes as UTF-8`,
    holds: (text) => Buffer.byteLength(text) <= MOST_PASSWORD_BYTES,
  },
  { rule: 'nul', message: 'must not contain a NUL character', holds: (text) => !text.includes('\0') },
]

/** Only for new passwords: an existing password may have such characters and stays valid. */
const CONTROL: Rule = {
  rule: 'control',
  message: 'must not have control characters or other code points that are no characters',
  holds: (text) => !/[\p{Cc}\p{Cs}\p{Noncharacter_Code_Point}]/u.test(text.replaceAll('\0', '')),
}

/**
 * Every rule of FR-002 that this password breaks, as details of a response; empty if it breaks none. The rules are checked
 * on the form that is hashed (`passwordForm`). `checkPassword` checks whether it is a common password.
 */
export function passwordProblems(password: string, field = 'password'): ProblemDetail[] {
  const text = passwordForm(password)
  return [...RULES, ...STORABLE, CONTROL]
    .filter(({ holds }) => !holds(text))
    .map(({ rule, message }) => ({ field, rule, message }))
}

/** True if bcrypt uses every byte of this text unchanged. No account can have another password. */
export function isStorable(text: string): boolean {
  return STORABLE.every(({ holds }) => holds(text))
}
