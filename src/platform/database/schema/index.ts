import { accountsDown, accountsUp } from './accounts'
import { alertsDown, alertsUp } from './alerts'
import { auditDown, auditUp } from './audit'
import { catalogueDown, catalogueUp } from './catalogue'
import { checkedColumnsDown, checkedColumnsUp } from './checked-columns'
import { countedKindsDown, countedKindsUp } from './counted-kinds'
import { dayBlocksDown, dayBlocksUp } from './day-blocks'
import { demoEntriesDown, demoEntriesUp } from './demo-entries'
import { toolDraftsDown, toolDraftsUp } from './drafts'
import { functionsDown, functionsUp } from './functions'
import { grantsDown, grantsUp } from './grants'
import { mcpImportsDown, mcpImportsUp } from './mcp-imports'
import { meteringDown, meteringUp } from './metering'
import { modelsDown, modelsUp } from './models'
import { momentsDown, momentsUp } from './moments'
import { mostSessionsDown, mostSessionsUp } from './most-sessions'
import { mustConfirmDown, mustConfirmUp } from './must-confirm'
import { openOptionsDown, openOptionsUp } from './open-options'
import { panelDown, panelUp } from './panel'
import { payloadColumnsDown, payloadColumnsUp } from './payload-columns'
import { rateDown, rateUp } from './rate'
import { rateAfterRollDown, rateAfterRollUp } from './rate-after-roll'
import { refusalsDown, refusalsUp } from './refusals'
import { rollupsDown, rollupsUp } from './rollups'
import { sealedDestinationsDown, sealedDestinationsUp } from './sealed-destinations'
import { sealedMailsDown, sealedMailsUp } from './sealed-mails'
import { settingsDown, settingsUp } from './settings'
import { signInNetworksDown, signInNetworksUp } from './sign-in-networks'
import { takenGrantsDown, takenGrantsUp } from './taken-grants'
import { trialUsersDown, trialUsersUp } from './trial-users'
import { trialsDown, trialsUp } from './trials'

/** What a change of the schema runs, and what takes it back. */
type Change = readonly [up: readonly string[], down: readonly string[]]

const firstChanges: readonly Change[] = [
  [functionsUp, functionsDown],
  [payloadColumnsUp, payloadColumnsDown],
  [accountsUp, accountsDown],
  [catalogueUp, catalogueDown],
  [meteringUp, meteringDown],
  [rollupsUp, rollupsDown],
  [rateUp, rateDown],
]

const changes: readonly Change[] = [
  ...firstChanges,
  [modelsUp, modelsDown],
  [settingsUp, settingsDown],
  [auditUp, auditDown],
  [panelUp, panelDown],
  [grantsUp, grantsDown],
  [refusalsUp, refusalsDown],
  [alertsUp, alertsDown],
  [toolDraftsUp, toolDraftsDown],
  [trialsUp, trialsDown],
  [mcpImportsUp, mcpImportsDown],
  [takenGrantsUp, takenGrantsDown],
  [dayBlocksUp, dayBlocksDown],
  [demoEntriesUp, demoEntriesDown],
  [checkedColumnsUp, checkedColumnsDown],
  [trialUsersUp, trialUsersDown],
  [sealedDestinationsUp, sealedDestinationsDown],
  [signInNetworksUp, signInNetworksDown],
  [mostSessionsUp, mostSessionsDown],
  [momentsUp, momentsDown],
  [sealedMailsUp, sealedMailsDown],
  [mustConfirmUp(false), mustConfirmDown],
  [openOptionsUp, openOptionsDown],
  [countedKindsUp, countedKindsDown],
  [rateAfterRollUp, rateAfterRollDown],
]

const upOf = (list: readonly Change[]): readonly string[] => list.flatMap(([up]) => up)
const downOf = (list: readonly Change[]): readonly string[] => list.toReversed().flatMap(([, down]) => down)

/** The statements of this repository's first migration. Later ones have their own lists. */
export const firstSchemaUp = upOf(firstChanges)

/** Undoes `firstSchemaUp`, in reverse order. Payload's tables are left as Payload created them. */
export const firstSchemaDown = downOf(firstChanges)

/**
 * The hub's own SQL as it is now, one statement an entry, to be run in order inside the migration that made
 * Payload's tables. Works on PostgreSQL 15 to 18.
 */
export const hubSchemaUp = upOf(changes)

/** Undoes `hubSchemaUp`, in reverse order. */
export const hubSchemaDown = downOf(changes)
