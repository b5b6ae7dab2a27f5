import { checkedColumnsDown, checkedColumnsUp } from '../src/platform/database/schema/checked-columns'
import { migrationOf } from '../src/platform/database/schema/migration-of'

/** The ledger's columns are checked by their types. */
export const { up, down } = migrationOf(checkedColumnsUp, checkedColumnsDown)
