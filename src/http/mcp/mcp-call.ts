import type { Credential } from '../../domain/accounts/credential'
import type { SignedInCaller } from '../../domain/accounts/principal'
import type { GatewayRoom } from '../../domain/calls/invoke'

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
