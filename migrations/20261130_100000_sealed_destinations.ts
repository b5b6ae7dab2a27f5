import { migrationOf } from '../src/platform/database/schema/migration-of'
import {
  sealedDestinationsDown,
  sealedDestinationsUp,
} from '../src/platform/database/schema/sealed-destinations'

/** A column for secrets that are sealed together with their destination. */
export const { up, down } = migrationOf(sealedDestinationsUp, sealedDestinationsDown)
