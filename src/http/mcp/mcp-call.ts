import type { Credential } from '../../domain/accounts/credential'
import type { SignedInCaller } from '../../domain/accounts/principal'
import type { CallDeps } from '../../domain/calls/invoke'

export type McpDeps = CallDeps

/** The caller, its address, the size of its request, and the id for the records. */
export type McpCall = {
  caller: SignedInCaller
  credential: Credential
  requestId: string
  address: string | null
  /** The size of the request's body. */
  bytes: number
}
