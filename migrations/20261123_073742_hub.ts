import { firstSchemaDown, firstSchemaUp } from '../src/platform/database/schema'
import { migrationOf } from '../src/platform/database/schema/migration-of'

/** What Payload does not know of: the ledger's tables, partitions, counters, functions and triggers. */
export const { up, down } = migrationOf(firstSchemaUp, firstSchemaDown)
