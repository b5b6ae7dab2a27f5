import { randomInt } from 'node:crypto'
import { hash, verify } from '@node-rs/bcrypt'
import { passwordForm } from '../../platform/config/password-form'
import { isStorable } from '../../platform/config/password-rules'
import { hashingQueue, type Lane } from './hashing-queue'
import { invalid } from './input'
import { newPasswordProblems } from './new-password'

export type HashSettings = { bcryptCost: number; hashesAtOnce: number }

const BCRYPT_ALPHABET = './ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789'
/** 16 bytes of salt leave the last of 22 characters four bits, 23 bytes of digest the last of 31 two bits. */
const LAST_OF_SALT = '.Oeu'
const LAST_OF_DIGEST = '.CGKOSWaeimquy26'

/**
 * Returns the same text if it keeps every rule and is not a common one; `about` are words that somebody could guess
 * for this account. Throws VALIDATION_ERROR with each broken rule, for `field`.
 */
export async function checkPassword(
  password: unknown,
  field = 'password',
  about: readonly string[] = [],
): Promise<string> {
  const details =
    typeof password === 'string'
      ? await newPasswordProblems(password, field, about)
      : [{ field, message: 'must be text' }]
  if (details.length > 0) throw invalid(details)
  return password as string
}

/**
 * The bcrypt hash of a password, in its normalised form. Throws RATE_LIMITED if too many hashes wait already, and an
 * error for a password that bcrypt would cut: callers check passwords first (`checkPassword`).
 */
export async function hashPassword(password: string, settings: HashSettings, lane?: Lane): Promise<string> {
  const text = passwordForm(password)
  if (!isStorable(text)) throw new Error('bcrypt takes at most 72 bytes and no NUL')
  const made = await hashingQueue(settings.hashesAtOnce).run(() => hash(text, settings.bcryptCost), lane)
  // The library writes `2y`, PHP's name for the algorithm that everything else calls `2b`.
  return made.replace('$2y$', '$2b$')
}

/**
 * The form in which a password matches its hash: the current normalised form, or the text as it was sent (as older
 * hashes were made).
 */
export type PasswordMatch = 'in form' | 'as sent'

/**
 * Whether the password matches the stored hash, and in which form; null if it does not. A text that is not in the
 * current form costs a second comparison when the first one fails. With null (no such account) we run as many dummy
 * comparisons at the same cost, so that both cases take as long. Throws RATE_LIMITED if too many hashes wait already.
 */
export async function verifyPassword(
  password: string,
  storedHash: string | null,
  settings: HashSettings,
  lane?: Lane,
): Promise<PasswordMatch | null> {
  const against = storedHash ?? decoyHash(settings.bcryptCost)
  const fits = async (text: string) => {
    const matches = await verify(text, against)
    return matches && storedHash !== null && isStorable(text)
  }
  const form = passwordForm(password)
  return hashingQueue(settings.hashesAtOnce).run(async () => {
    if (await fits(form)) return 'in form'
    return form !== password && (await fits(password)) ? 'as sent' : null
  }, lane)
}

/** True if a hash was made with another cost than the configured one, and should be replaced. */
export function needsRehash(storedHash: string, settings: HashSettings): boolean {
  return costOf(storedHash) !== settings.bcryptCost
}

/** The cost that a bcrypt hash was made with: `$2b$<cost>$…`. */
export function costOf(storedHash: string): number {
  return Number(storedHash.split('$')[2])
}

/**
 * A well-formed hash of this cost that no known password has, made of random characters without hashing. With a
 * single invalid bit the verifier would refuse it at once, and its speed would show that the account does not exist.
 */
export function decoyHash(cost: number): string {
  const salt = randomCharacters(BCRYPT_ALPHABET, 21) + randomCharacters(LAST_OF_SALT, 1)
  const digest = randomCharacters(BCRYPT_ALPHABET, 30) + randomCharacters(LAST_OF_DIGEST, 1)
  return `$2b$${String(cost).padStart(2, '0')}$${salt}${digest}`
}

function randomCharacters(alphabet: string, count: number): string {
  return Array.from({ length: count }, () => alphabet.charAt(randomInt(alphabet.length))).join('')
}
