import type { Row } from '../row'
import { toolSecrets } from './a01-tool-secrets'
import { passwordOnOther } from './a02-password-on-other'
import { runawayInputs } from './a03-runaway-inputs'
import { unboundedLists } from './a04-unbounded-lists'
import { allAdmins } from './a05-all-admins'
import { freePlans } from './a06-free-plans'
import { mailedLinks } from './a07-mailed-links'
import { signInFlood } from './a08-sign-in-flood'
import { hugeReports } from './a09-huge-reports'
import { hiddenReasoning } from './a10-hidden-reasoning'
import { panelPreferences } from './a11-panel-preferences'
import { lockingOut } from './a12-locking-out'
import { foreignSites } from './a13-foreign-sites'
import { deepAnswers } from './a14-deep-answers'
import { headersAndBounds } from './a15-headers-and-bounds'
import { pricedOptions } from './a16-priced-options'
import { accounts } from './a17-accounts'

/** The table of attacks, by the numbers under which they were found. */
export const rows: readonly Row[] = [
  toolSecrets,
  passwordOnOther,
  runawayInputs,
  unboundedLists,
  allAdmins,
  freePlans,
  mailedLinks,
  signInFlood,
  hugeReports,
  hiddenReasoning,
  panelPreferences,
  lockingOut,
  foreignSites,
  deepAnswers,
  headersAndBounds,
  pricedOptions,
  accounts,
]
