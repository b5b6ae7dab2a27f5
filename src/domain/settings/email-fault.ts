import { z } from 'zod'

const address = z.string().max(254).pipe(z.email())

/** The error in an address that should receive mail; null if it is valid. */
export function emailFault(value: unknown): string | null {
  return address.safeParse(value).success ? null : `${String(value).slice(0, 80)} is no email address`
}
