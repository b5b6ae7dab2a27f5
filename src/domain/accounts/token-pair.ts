import type { AccountsConfig } from './deps'
import { signAccessToken } from './tokens'

/** The result of a sign-in. `expiresInSeconds` is the life of the access token. */
export type TokenPair = {
  accessToken: string
  refreshToken: string
  expiresInSeconds: number
  sessionId: string
  userId: string
}

/**
 * The pair for a session: a new access token together with the refresh token that was just stored. The access token
 * does not outlive the session, which has `secondsLeft`.
 */
export async function tokenPair(
  { secondsLeft, ...session }: { userId: string; sessionId: string; secondsLeft: number },
  refreshToken: string,
  config: AccountsConfig,
  now: Date | null,
): Promise<TokenPair> {
  const expiresInSeconds = Math.max(1, Math.min(config.accessTokenMinutes * 60, Math.floor(secondsLeft)))
  const accessToken = await signAccessToken(session, config.secret, expiresInSeconds / 60, now)
  return { ...session, accessToken, refreshToken, expiresInSeconds }
}
