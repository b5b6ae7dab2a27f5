import { migrationOf } from '../src/platform/database/schema/migration-of'
import { trialUsersDown, trialUsersUp } from '../src/platform/database/schema/trial-users'

/** Who ever tried a tool, so that a list of trials need not read every row. */
export const { up, down } = migrationOf(trialUsersUp, trialUsersDown)
