import { countedKindsDown, countedKindsUp } from '../src/platform/database/schema/counted-kinds'
import { migrationOf } from '../src/platform/database/schema/migration-of'

/** Input that is written to a cache stands in the usage log, and charges that were estimated. */
export const { up, down } = migrationOf(countedKindsUp, countedKindsDown)
