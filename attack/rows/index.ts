import type { Row } from '../row'
import { toolSecrets } from './a01-tool-secrets'
import { passwordOnOther } from './a02-password-on-other'
import { allAdmins } from './a05-all-admins'

/** The table of attacks, by the numbers under which they were found. */
export const rows: readonly Row[] = [toolSecrets, passwordOnOther, allAdmins]
