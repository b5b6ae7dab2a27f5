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
import * as rateAfterRoll from './20261201_140000_rate_after_roll'

/** In the order in which they run. */
export const migrations = Object.entries({
  '20261123_073741_initial': initial,
  '20261123_073742_hub': hub,
  '20261125_162120_models': models,
  '20261125_162550_settings': settings,
  '20261125_164747_audit': audit,
  '20261125_170001_panel': panel,
  '20261125_170002_grants': grants,
  '20261125_170120_refusals': refusals,
  '20261125_171111_alerts': alerts,
  '20261125_172000_drafts': drafts,
  '20261125_173000_trials': trials,
  '20261125_182000_mcp_imports': mcpImports,
  '20261125_200000_taken_grants': takenGrants,
  '20261125_211000_day_blocks': dayBlocks,
  '20261126_094500_demo_entries': demoEntries,
  '20261126_110500_checked_columns': checkedColumns,
  '20261126_150000_trial_users': trialUsers,
  '20261130_100000_sealed_destinations': sealedDestinations,
  '20261130_120000_sign_in_networks': signInNetworks,
  '20261130_121000_most_sessions': mostSessions,
  '20261130_130000_moments': moments,
  '20261130_130500_sealed_mails': sealedMails,
  '20261130_131000_must_confirm': mustConfirm,
  '20261130_150000_open_options': openOptions,
  '20261130_151000_counted_kinds': countedKinds,
  '20261201_140000_rate_after_roll': rateAfterRoll,
}).map(([name, { up, down }]) => ({ name, up, down }))
