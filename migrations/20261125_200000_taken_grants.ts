import { migrationOf } from '../src/platform/database/schema/migration-of'
import { takenGrantsDown, takenGrantsUp } from '../src/platform/database/schema/taken-grants'

/** What of a grant of extra tokens was taken back. */
export const { up, down } = migrationOf(takenGrantsUp, takenGrantsDown)
