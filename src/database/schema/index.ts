import { accountsDown, accountsUp } from './accounts'
import { catalogueDown, catalogueUp } from './catalogue'
import { functionsDown, functionsUp } from './functions'
import { meteringDown, meteringUp } from './metering'
import { payloadColumnsDown, payloadColumnsUp } from './payload-columns'
import { rateDown, rateUp } from './rate'
import { rollupsDown, rollupsUp } from './rollups'

/**
 * The hub's own SQL, one statement an entry, to be run in order inside the migration that made Payload's
 * tables. Works on PostgreSQL 15 to 18.
 */
export const hubSchemaUp: readonly string[] = [
  ...functionsUp,
  ...payloadColumnsUp,
  ...accountsUp,
  ...catalogueUp,
  ...meteringUp,
  ...rollupsUp,
  ...rateUp,
]

/** Undoes `hubSchemaUp`, in the opposite order; Payload's tables are left as Payload made them. */
export const hubSchemaDown: readonly string[] = [
  ...rateDown,
  ...rollupsDown,
  ...meteringDown,
  ...catalogueDown,
  ...accountsDown,
  ...payloadColumnsDown,
  ...functionsDown,
]
