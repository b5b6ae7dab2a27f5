import { dayBlocksDown, dayBlocksUp } from '../src/platform/database/schema/day-blocks'
import { migrationOf } from '../src/platform/database/schema/migration-of'

/** Sums of users and durations in blocks of days, filled from the days that are folded. */
export const { up, down } = migrationOf(dayBlocksUp, dayBlocksDown)
