import { randomInt } from 'node:crypto'
import { hash, verify } from '@node-rs/bcrypt'
import { hashingQueue } from './hashing-queue'
import { invalid } from './input'
import { isStorable, passwordProblems } from './password-rules'

export type HashSettings = { bcryptCost: number; hashesAtOnce: number }

const BCRYPT_ALPHABET = './ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789'
/** 16 bytes of salt leave the last of 22 characters four bits, 23 bytes of digest the last of 31 two bits. */
const LAST_OF_SALT = '.Oeu'
const LAST_OF_DIGEST = '.CGKOSWaeimquy26'

/** The same text when it keeps every rule. Throws VALIDATION_ERROR that names each broken rule of `field`. */
export function checkPassword(password: unknown, field = 'password'): string {
  const details =
    typeof password === 'string' ? passwordProblems(password, field) : [{ field, message: 'must be text' }]
  if (details.length > 0) throw invalid(details)
  return password as string
}

/**
 * The bcrypt hash of a password. Throws RATE_LIMITED when too many hashes wait already, and an error for what
 * bcrypt would cut: callers check their passwords first (`checkPassword`, `isStorable`).
 */
export async function hashPassword(password: string, settings: HashSettings): Promise<string> {
  if (!isStorable(password)) throw new Error('bcrypt takes at most 72 bytes and no NUL')
  const made = await hashingQueue(settings.hashesAtOnce).run(() => hash(password, settings.bcryptCost))
  // The library writes `2y`, PHP's name for the algorithm that everything else calls `2b`.
  return made.replace('$2y$', '$2b$')
}

/**
 * Whether the password belongs to the stored hash. With null (no such account) a hash of the same cost is
 * checked in vain, so that both answers take as long. Throws RATE_LIMITED when too many hashes wait already.
 */
export async function verifyPassword(
  password: string,
  storedHash: string | null,
  settings: HashSettings,
): Promise<boolean> {
  const against = storedHash ?? decoyHash(settings.bcryptCost)
  const matches = await hashingQueue(settings.hashesAtOnce).run(() => verify(password, against))
  return matches && storedHash !== null && isStorable(password)
}

/** True when a hash was made with another cost than the configured one, and is worth making anew. */
export function needsRehash(storedHash: string, settings: HashSettings): boolean {
  return costOf(storedHash) !== settings.bcryptCost
}

/** The cost that a bcrypt hash was made with: `$2b$<cost>$…`. */
export function costOf(storedHash: string): number {
  return Number(storedHash.split('$')[2])
}

/**
 * A well-formed hash of this cost that no known password has, made of random characters without hashing. One
 * stray bit would make the verifier refuse it at once, and its speed would tell that there is no account.
 */
export function decoyHash(cost: number): string {
  const salt = randomCharacters(BCRYPT_ALPHABET, 21) + randomCharacters(LAST_OF_SALT, 1)
  const digest = randomCharacters(BCRYPT_ALPHABET, 30) + randomCharacters(LAST_OF_DIGEST, 1)
  return `$2b$${String(cost).padStart(2, '0')}$${salt}${digest}`
}

function randomCharacters(alphabet: string, count: number): string {
  return Array.from({ length: count }, () => alphabet.charAt(randomInt(alphabet.length))).join('')
}
