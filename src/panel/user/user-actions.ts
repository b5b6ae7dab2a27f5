import type { z } from 'zod'
import { endSessionOfUser, endSessionsOfUser } from '../../domain/accounts/operations/end-sessions'
import { mailPasswordLinkToUser } from '../../domain/accounts/operations/mail-password-link'
import { revokeKeyOfUser } from '../../domain/accounts/operations/revoke-key'
import { unlockUser } from '../../domain/accounts/operations/unlock'
import { givePlanToUser } from '../../domain/billing/operations/give-plan'
import { grantTokensToUser } from '../../domain/billing/operations/grant-tokens'
import { pauseUser, resumeUser } from '../../domain/billing/operations/pause'
import { takeBackGrant } from '../../domain/billing/operations/take-back-grant'
import type { Operation } from '../../domain/operation/operation'
import { invalidField } from '../../platform/kernel/problem'

type UserOperation = Operation<z.ZodType, void>

const ACTIONS = {
  'change-plan': givePlanToUser,
  grant: grantTokensToUser,
  'take-back-grant': takeBackGrant,
  pause: pauseUser,
  resume: resumeUser,
  'revoke-key': revokeKeyOfUser,
  'end-session': endSessionOfUser,
  'end-sessions': endSessionsOfUser,
  unlock: unlockUser,
  'reset-link': mailPasswordLinkToUser,
}

type Actions = typeof ACTIONS

type Fields<Input> = Input extends Record<string, never> ? object : Input

/** What the panel sends: the name of an action with the operation's input. */
export type UserAction = {
  [Name in keyof Actions]: { action: Name } & Fields<z.input<Actions[Name]['input']>>
}[keyof Actions]

/** What an admin can do to a user in the panel, by the name of the action in its requests. */
export const USER_ACTIONS: ReadonlyMap<string, UserOperation> = new Map(
  Object.entries<UserOperation>(ACTIONS),
)

/** The operation of an action. Throws VALIDATION_ERROR for an unknown one. */
export function userAction(name: unknown): UserOperation {
  const operation = typeof name === 'string' ? USER_ACTIONS.get(name) : undefined
  if (!operation) throw invalidField('action', `It is one of: ${[...USER_ACTIONS.keys()].join(', ')}`)
  return operation
}
