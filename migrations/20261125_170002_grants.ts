import { grantsDown, grantsUp } from '../src/platform/database/schema/grants'
import { migrationOf } from '../src/platform/database/schema/migration-of'

/** Extra tokens of a period, who gave them, and pauses. */
export const { up, down } = migrationOf(grantsUp, grantsDown)
