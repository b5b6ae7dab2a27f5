import { confirmEmail } from '../../domain/accounts/confirm-email'
import { requestPasswordReset, resetPassword } from '../../domain/accounts/reset-password'
import { Message } from '../kit/common-schemas'
import { ok } from '../kit/envelope'
import { originOf } from '../kit/origin'
import type { Registry } from '../kit/registry'
import { MailedToken, NewPassword, ResetRequest } from './schemas/accounts'

const tag = 'Auth'
const open = 'open' as const
const done = (description: string) => ({ status: 200 as const, description, schema: Message })

/** Adds the operations of mailed links: confirm an address, set a new password. A GET does not use up the token. */
export function addMailedLinks(registry: Registry): void {
  registry.add(
    {
      method: 'post',
      path: '/auth/confirm-email/{token}',
      operationId: 'confirmEmail',
      tag,
      summary: 'Confirm an email address with the mailed token',
      access: open,
      params: MailedToken,
      answer: done('The address is confirmed.'),
    },
    async ({ services, context, params }) => {
      await confirmEmail(services, params.token, null, originOf(services, context))
      return ok({ message: 'Your email address is confirmed.' })
    },
  )
  registry.add(
    {
      method: 'post',
      path: '/auth/password-reset',
      operationId: 'requestPasswordReset',
      tag,
      summary: 'Request a mail with a link to set a new password',
      description: 'The response is the same whether or not the account exists.',
      access: open,
      body: ResetRequest,
      answer: done('If the account exists, the link is being mailed.'),
    },
    async ({ services, context, body }) => {
      await requestPasswordReset(services, body, originOf(services, context))
      return ok({ message: 'If there is an account with this address, a link is on its way to it.' })
    },
  )
  registry.add(
    {
      method: 'post',
      path: '/auth/password-reset/{token}',
      operationId: 'resetPassword',
      tag,
      summary: 'Set a new password with the mailed token',
      access: open,
      params: MailedToken,
      body: NewPassword,
      answer: done('The password is set; every session has ended.'),
      problems: ['RATE_LIMITED'],
    },
    async ({ services, context, params, body }) => {
      const given = { token: params.token, newPassword: body.new_password }
      await resetPassword(services, given, null, 'new_password', originOf(services, context))
      return ok({ message: 'Your password is set. Sign in with it.' })
    },
  )
}
