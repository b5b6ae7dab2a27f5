import { migrationOf } from '../src/platform/database/schema/migration-of'
import { sealedMailsDown, sealedMailsUp } from '../src/platform/database/schema/sealed-mails'

/** Mails wait sealed: who can read the database cannot follow their links. */
export const { up, down } = migrationOf(sealedMailsUp, sealedMailsDown)
