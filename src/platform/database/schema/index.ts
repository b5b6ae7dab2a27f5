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
import { refusalsDown, refusalsUp } from './refusals'
import { rollupsDown, rollupsUp } from './rollups'
import { sealedDestinationsDown, sealedDestinationsUp } from './sealed-destinations'
import { sealedMailsDown, sealedMailsUp } from './sealed-mails'
import { settingsDown, settingsUp } from './settings'
import { signInNetworksDown, signInNetworksUp } from './sign-in-networks'
import { takenGrantsDown, takenGrantsUp } from './taken-grants'
import { trialUsersDown, trialUsersUp } from './trial-users'
import { trialsDown, trialsUp } from './trials'

/** The statements of this repository's first migration. Later ones have their own lists. */
export const firstSchemaUp: readonly string[] = [
  ...functionsUp,
  ...payloadColumnsUp,
  ...accountsUp,
  ...catalogueUp,
  ...meteringUp,
  ...rollupsUp,
  ...rateUp,
]

/** Undoes `firstSchemaUp`, in reverse order. Payload's tables are left as Payload created them. */
export const firstSchemaDown: readonly string[] = [
  ...rateDown,
  ...rollupsDown,
  ...meteringDown,
  ...catalogueDown,
  ...accountsDown,
  ...payloadColumnsDown,
  ...functionsDown,
]

/**
 * The hub's own SQL as it is now, one statement an entry, to be run in order inside the migration that made
 * Payload's tables. Works on PostgreSQL 15 to 18.
 */
export const hubSchemaUp: readonly string[] = [
  ...firstSchemaUp,
  ...modelsUp,
  ...settingsUp,
  ...auditUp,
  ...panelUp,
  ...grantsUp,
  ...refusalsUp,
  ...alertsUp,
  ...toolDraftsUp,
  ...trialsUp,
  ...mcpImportsUp,
  ...takenGrantsUp,
  ...dayBlocksUp,
  ...demoEntriesUp,
  ...checkedColumnsUp,
  ...trialUsersUp,
  ...sealedDestinationsUp,
  ...signInNetworksUp,
  ...mostSessionsUp,
  ...momentsUp,
  ...sealedMailsUp,
  ...mustConfirmUp(false),
  ...openOptionsUp,
  ...countedKindsUp,
]

/** Undoes `hubSchemaUp`, in reverse order. */
export const hubSchemaDown: readonly string[] = [
  ...countedKindsDown,
  ...openOptionsDown,
  ...mustConfirmDown,
  ...sealedMailsDown,
  ...momentsDown,
  ...mostSessionsDown,
  ...signInNetworksDown,
  ...sealedDestinationsDown,
  ...trialUsersDown,
  ...checkedColumnsDown,
  ...demoEntriesDown,
  ...dayBlocksDown,
  ...takenGrantsDown,
  ...mcpImportsDown,
  ...trialsDown,
  ...toolDraftsDown,
  ...alertsDown,
  ...refusalsDown,
  ...grantsDown,
  ...panelDown,
  ...auditDown,
  ...settingsDown,
  ...modelsDown,
  ...firstSchemaDown,
]
