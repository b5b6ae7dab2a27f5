import { migrationOf } from '../src/platform/database/schema/migration-of'
import { panelDown, panelUp } from '../src/platform/database/schema/panel'

/** Roll-ups that the panel reads: users by day, durations by day; the index on request ids. */
export const { up, down } = migrationOf(panelUp, panelDown)
