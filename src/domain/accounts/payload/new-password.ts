import type { PayloadRequest } from 'payload'
import { readingSql, UUID } from '../../../platform/payload/payload-sql'
import { readAboutUser } from '../about-user'
import { checkPassword } from '../password'

/**
 * Checks the password in a document by the rules for every password. It may consist neither of words stored for this
 * user nor of words in the same document. Throws VALIDATION_ERROR.
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
