import type { ProblemDetail } from '../kernel/problem'
import { passwordForm } from './password-form'

/** bcrypt reads no more than this; a longer password is refused rather than cut. */
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

/** Only for new passwords: an old one may have such characters and goes on signing in. */
const CONTROL: Rule = {
  rule: 'control',
  message: 'must not have control characters or other code points that are no characters',
  holds: (text) => !/[\p{Cc}\p{Cs}\p{Noncharacter_Code_Point}]/u.test(text.replaceAll('\0', '')),
}

/**
 * Every rule of FR-002 that this password breaks, as details of an answer; empty when it keeps them. All are checked on
 * the form that is hashed (`passwordForm`). Whether it is a common one is for `checkPassword` to say.
 */
export function passwordProblems(password: string, field = 'password'): ProblemDetail[] {
  const text = passwordForm(password)
  return [...RULES, ...STORABLE, CONTROL]
    .filter(({ holds }) => !holds(text))
    .map(({ rule, message }) => ({ field, rule, message }))
}

/** True when bcrypt takes every byte of this text as it is. A password that is not can belong to no account. */
export function isStorable(text: string): boolean {
  return STORABLE.every(({ holds }) => holds(text))
}
