import { z } from 'zod'

const address = z.string().max(254).pipe(z.email())

/** What is wrong with an address that mail is to go to; null when nothing is. */
export function emailFault(value: unknown): string | null {
  return address.safeParse(value).success ? null : `${String(value).slice(0, 80)} is no email address`
}
