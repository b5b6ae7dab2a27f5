import type { Credential } from '../accounts/credential'
import type { SignedInCaller } from '../accounts/principal'
import type { GatewayRoom } from '../gateway/invoke'

export type McpRoom = GatewayRoom

/** Who asks, from where, how much, and under which id it is written down. */
export type McpCall = {
  caller: SignedInCaller
  credential: Credential
  requestId: string
  address: string | null
  /** The size of the request's body. */
  bytes: number
}
