import { hash, randomInt } from 'node:crypto'

const PREFIX = 'jhub_'
const ALPHABET = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz'
/** 30 characters of 62 carry 178 random bits. */
const RANDOM_CHARACTERS = 30
const CHECKSUM_CHARACTERS = 6
const SHAPE = /^jhub_[0-9A-Za-z]{36}$/

export type MadeApiKey = {
  /** The key itself, shown once and kept nowhere. */
  key: string
  /** The part that stays visible, to recognise the key. */
  prefix: string
  /** Hex SHA-256, as stored. */
  hash: string
}

/** A new API key: `jhub_`, 30 random characters, 6 characters of checksum. */
export function generateApiKey(): MadeApiKey {
  const characters = Array.from({ length: RANDOM_CHARACTERS }, () => ALPHABET.charAt(randomInt(62)))
  const body = PREFIX + characters.join('')
  const key = body + checksum(body)
  return { key, prefix: key.slice(0, PREFIX.length + 8), hash: apiKeyHash(key) }
}

/** True if the text has the shape of a key and a valid checksum. Any other text needs no look-up. */
export function isApiKey(text: string): boolean {
  if (!SHAPE.test(text)) return false
  return checksum(text.slice(0, -CHECKSUM_CHARACTERS)) === text.slice(-CHECKSUM_CHARACTERS)
}

/** True if the text has the prefix of our keys, even if the rest is malformed. */
export function hasApiKeyPrefix(text: string): boolean {
  return text.startsWith(PREFIX)
}

/** The hex SHA-256 under which a key is stored. A key is random, so the hash needs no salt. */
export function apiKeyHash(key: string): string {
  return hash('sha256', key, 'hex')
}

/** The first 32 bits of SHA-256 in base62. It detects typing errors and leaked keys; it is no protection. */
function checksum(body: string): string {
  let rest = Number.parseInt(hash('sha256', body, 'hex').slice(0, 8), 16)
  let text = ''
  for (let place = 0; place < CHECKSUM_CHARACTERS; place += 1) {
    text = ALPHABET.charAt(rest % 62) + text
    rest = Math.floor(rest / 62)
  }
  return text
}
