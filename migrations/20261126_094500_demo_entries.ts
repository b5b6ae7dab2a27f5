import { demoEntriesDown, demoEntriesUp } from '../src/platform/database/schema/demo-entries'
import { migrationOf } from '../src/platform/database/schema/migration-of'

/** The demo's entries of the audit log can be taken away again. */
export const { up, down } = migrationOf(demoEntriesUp, demoEntriesDown)
