import { migrationOf } from '../src/platform/database/schema/migration-of'
import { rateAfterRollDown, rateAfterRollUp } from '../src/platform/database/schema/rate-after-roll'

/** The calls that begin a period on another plan count towards that plan's rate. */
export const { up, down } = migrationOf(rateAfterRollUp, rateAfterRollDown)
