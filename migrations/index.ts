import * as initial from './20261123_073741_initial'
import * as hub from './20261123_073742_hub'
import * as models from './20261125_162120_models'
import * as settings from './20261125_162550_settings'
import * as audit from './20261125_164747_audit'
import * as panel from './20261125_170001_panel'
import * as grants from './20261125_170002_grants'
import * as refusals from './20261125_170120_refusals'
import * as alerts from './20261125_171111_alerts'
import * as drafts from './20261125_172000_drafts'
import * as trials from './20261125_173000_trials'
import * as mcpImports from './20261125_182000_mcp_imports'
import * as takenGrants from './20261125_200000_taken_grants'
import * as dayBlocks from './20261125_211000_day_blocks'
import * as demoEntries from './20261126_094500_demo_entries'
import * as checkedColumns from './20261126_110500_checked_columns'
import * as trialUsers from './20261126_150000_trial_users'
import * as sealedDestinations from './20261130_100000_sealed_destinations'
import * as signInNetworks from './20261130_120000_sign_in_networks'
import * as mostSessions from './20261130_121000_most_sessions'
import * as moments from './20261130_130000_moments'
import * as sealedMails from './20261130_130500_sealed_mails'
import * as mustConfirm from './20261130_131000_must_confirm'
import * as openOptions from './20261130_150000_open_options'
import * as countedKinds from './20261130_151000_counted_kinds'

/** In the order in which they run. */
export const migrations = [
  { name: '20261123_073741_initial', up: initial.up, down: initial.down },
  { name: '20261123_073742_hub', up: hub.up, down: hub.down },
  { name: '20261125_162120_models', up: models.up, down: models.down },
  { name: '20261125_162550_settings', up: settings.up, down: settings.down },
  { name: '20261125_164747_audit', up: audit.up, down: audit.down },
  { name: '20261125_170001_panel', up: panel.up, down: panel.down },
  { name: '20261125_170002_grants', up: grants.up, down: grants.down },
  { name: '20261125_170120_refusals', up: refusals.up, down: refusals.down },
  { name: '20261125_171111_alerts', up: alerts.up, down: alerts.down },
  { name: '20261125_172000_drafts', up: drafts.up, down: drafts.down },
  { name: '20261125_173000_trials', up: trials.up, down: trials.down },
  { name: '20261125_182000_mcp_imports', up: mcpImports.up, down: mcpImports.down },
  { name: '20261125_200000_taken_grants', up: takenGrants.up, down: takenGrants.down },
  { name: '20261125_211000_day_blocks', up: dayBlocks.up, down: dayBlocks.down },
  { name: '20261126_094500_demo_entries', up: demoEntries.up, down: demoEntries.down },
  { name: '20261126_110500_checked_columns', up: checkedColumns.up, down: checkedColumns.down },
  { name: '20261126_150000_trial_users', up: trialUsers.up, down: trialUsers.down },
  { name: '20261130_100000_sealed_destinations', up: sealedDestinations.up, down: sealedDestinations.down },
  { name: '20261130_120000_sign_in_networks', up: signInNetworks.up, down: signInNetworks.down },
  { name: '20261130_121000_most_sessions', up: mostSessions.up, down: mostSessions.down },
  { name: '20261130_130000_moments', up: moments.up, down: moments.down },
  { name: '20261130_130500_sealed_mails', up: sealedMails.up, down: sealedMails.down },
  { name: '20261130_131000_must_confirm', up: mustConfirm.up, down: mustConfirm.down },
  { name: '20261130_150000_open_options', up: openOptions.up, down: openOptions.down },
  { name: '20261130_151000_counted_kinds', up: countedKinds.up, down: countedKinds.down },
]
