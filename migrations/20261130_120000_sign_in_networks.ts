import { migrationOf } from '../src/platform/database/schema/migration-of'
import { signInNetworksDown, signInNetworksUp } from '../src/platform/database/schema/sign-in-networks'

/** From where accounts were signed in to, and wrong passwords by network. */
export const { up, down } = migrationOf(signInNetworksUp, signInNetworksDown)
