import { migrationOf } from '../src/platform/database/schema/migration-of'
import { trialsDown, trialsUp } from '../src/platform/database/schema/trials'

/** The status of a call that an admin tries. */
export const { up, down } = migrationOf(trialsUp, trialsDown)
