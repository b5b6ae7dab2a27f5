import type { PayloadRequest } from 'payload'
import { readingSql, UUID } from '../../../platform/payload/payload-sql'
import { readAboutUser } from '../about-user'
import { checkPassword } from '../password'

/**
 * The password that a document brings, held to the rules of every password; it is made neither of what is stored of this
 * user nor of what is written now. Throws VALIDATION_ERROR.
 */
export async function checkNewPassword(
  req: PayloadRequest,
  id: string | undefined,
  data: { password?: unknown; name?: unknown; email?: unknown },
): Promise<string> {
  const known = id !== undefined && UUID.test(id) ? id : null
  const { about } = await readAboutUser(await readingSql(req), known)
  const written = [data.name, data.email].filter((value) => typeof value === 'string')
  return checkPassword(data.password, 'password', [...about, ...written])
}
