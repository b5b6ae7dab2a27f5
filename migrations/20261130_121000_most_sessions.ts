import { migrationOf } from '../src/platform/database/schema/migration-of'
import { mostSessionsDown, mostSessionsUp } from '../src/platform/database/schema/most-sessions'

/** A bound on the live sessions of an account. */
export const { up, down } = migrationOf(mostSessionsUp, mostSessionsDown)
