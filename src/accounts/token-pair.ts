import type { AccountsConfig } from './room'
import { signAccessToken } from './tokens'

/** What a sign-in gives. `expiresInSeconds` is the access token's. */
export type TokenPair = {
  accessToken: string
  refreshToken: string
  expiresInSeconds: number
  sessionId: string
  userId: string
}

/** The pair for a session: a new access token beside the refresh token that was just stored. */
export async function tokenPair(
  session: { userId: string; sessionId: string },
  refreshToken: string,
  config: AccountsConfig,
  now: Date | null,
): Promise<TokenPair> {
  const accessToken = await signAccessToken(session, config.secret, config.accessTokenMinutes, now)
  return { ...session, accessToken, refreshToken, expiresInSeconds: config.accessTokenMinutes * 60 }
}
