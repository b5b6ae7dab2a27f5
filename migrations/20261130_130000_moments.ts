import { migrationOf } from '../src/platform/database/schema/migration-of'
import { momentsDown, momentsUp } from '../src/platform/database/schema/moments'

/** Since when cookies have the names that a browser guards. */
export const { up, down } = migrationOf(momentsUp, momentsDown)
