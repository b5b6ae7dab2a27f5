import { changePassword } from '../../domain/accounts/change-password'
import { toPayloadUser } from '../../domain/accounts/payload/user'
import { auditContext } from '../../domain/audit/payload-by'
import { Message } from '../kit/common-schemas'
import { ok } from '../kit/envelope'
import { originOf } from '../kit/origin'
import type { Registry } from '../kit/registry'
import { toProfile } from './profile'
import { ChangePassword, ChangeProfile, Profile } from './schemas/accounts'

const tag = 'Account'

/** Adds the caller's own profile and password. */
export function addUsers(registry: Registry): void {
  registry.add(
    {
      method: 'get',
      path: '/users/me',
      operationId: 'getProfile',
      tag,
      summary: 'Read your profile',
      access: 'signed-in',
      answer: { status: 200, description: 'The profile.', schema: Profile },
    },
    async ({ principal }) => ok(toProfile({ ...principal, id: principal.userId })),
  )
  registry.add(
    {
      method: 'patch',
      path: '/users/me',
      operationId: 'changeProfile',
      tag,
      summary: 'Change your name',
      access: 'session',
      body: ChangeProfile,
      answer: { status: 200, description: 'The changed profile.', schema: Profile },
    },
    async ({ services, context, principal, body }) => {
      const user = await services.payload.update({
        collection: 'users',
        id: principal.userId,
        data: { name: body.name },
        user: toPayloadUser(principal),
        context: auditContext(originOf(services, context)),
        overrideAccess: false,
        depth: 0,
      })
      return ok(toProfile({ ...principal, id: principal.userId, name: user.name }))
    },
  )
  addPassword(registry)
}

function addPassword(registry: Registry): void {
  registry.add(
    {
      method: 'post',
      path: '/users/me/password',
      operationId: 'changePassword',
      tag,
      summary: 'Change your password',
      access: 'session',
      body: ChangePassword,
      answer: { status: 200, description: 'Changed; all other sessions have ended.', schema: Message },
      problems: ['INVALID_CREDENTIALS', 'RATE_LIMITED'],
    },
    async ({ services, context, principal, body }) => {
      const { current_password: currentPassword, new_password: newPassword } = body
      const origin = originOf(services, context)
      await changePassword(services, principal, { currentPassword, newPassword }, origin)
      return ok({ message: 'Your password is changed. All other sessions have ended.' })
    },
  )
}
