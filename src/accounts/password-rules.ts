import type { ProblemDetail } from '../problem'

/** bcrypt reads no more than this; a longer password is refused rather than cut. */
export const MOST_PASSWORD_BYTES = 72

type Rule = { rule: string; message: string; holds: (password: string) => boolean }

const RULES: Rule[] = [
  { rule: 'length', message: 'must have at least 8 characters', holds: (text) => [...text].length >= 8 },
  { rule: 'lower_case', message: 'must have a lower-case letter', holds: (text) => /\p{Ll}/u.test(text) },
  { rule: 'upper_case', message: 'must have an upper-case letter', holds: (text) => /\p{Lu}/u.test(text) },
  { rule: 'digit', message: 'must have a digit', holds: (text) => /\p{Nd}/u.test(text) },
  {
    rule: 'special',
    message: 'must have a special character, such as ! or %',
    holds: (text) => /[^\p{L}\p{N}\s\p{Cc}]/u.test(text),
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

/** Every rule of FR-002 that this password breaks, as details of an answer; empty when it is good. */
export function passwordProblems(password: string, field = 'password'): ProblemDetail[] {
  return [...RULES, ...STORABLE]
    .filter(({ holds }) => !holds(password))
    .map(({ rule, message }) => ({ field, rule, message }))
}

/** True when bcrypt takes every byte of it. A password that is not can belong to no account. */
export function isStorable(password: string): boolean {
  return STORABLE.every(({ holds }) => holds(password))
}
