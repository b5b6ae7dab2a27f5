import { z } from 'zod'
import { Problem } from '../../../platform/kernel/problem'
import type { Operation } from '../../operation/operation'
import type { AccountsConfig } from '../deps'
import { mailPasswordLink } from '../reset-password'
import { findUser, onUser } from './user'

const nothing = z.strictObject({})

/** Mails a user a link for a new password. Throws CONFLICT for an account that is disabled. */
export const mailPasswordLinkToUser = {
  name: 'mailPasswordLink',
  access: 'admin',
  input: nothing,
  async run(sql, { subjectId, config, now }) {
    const user = await findUser(sql, subjectId)
    if (user.disabled)
      throw new Problem(
        'CONFLICT',
        'This account is disabled, so a new password has no effect. Enable the account first.',
      )
    await mailPasswordLink(sql, config, user.email, now)
    return {
      output: undefined,
      effects: [
        { what: 'Mail', before: 'none', after: `a link for a new password, to ${user.email}` },
        {
          what: 'Password and sessions',
          before: 'as they are',
          after: 'as they are, until the link is used',
        },
      ],
      record: onUser('update', user, 'Mailed a link for a new password'),
    }
  },
} satisfies Operation<typeof nothing, void, AccountsConfig>
