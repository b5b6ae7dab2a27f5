import { hash, randomInt } from 'node:crypto'

const ALPHABET = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz'

/** An API key that anybody can make: its checksum is right, and no hub has ever given it out. */
export function selfMadeKey(): string {
  const body = `jhub_${Array.from({ length: 30 }, () => ALPHABET.charAt(randomInt(62))).join('')}`
  let rest = Number.parseInt(hash('sha256', body, 'hex').slice(0, 8), 16)
  let checksum = ''
  for (let place = 0; place < 6; place += 1) {
    checksum = ALPHABET.charAt(rest % 62) + checksum
    rest = Math.floor(rest / 62)
  }
  return body + checksum
}
