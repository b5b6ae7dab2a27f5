import { z } from 'zod'
import { MOST_GRANTED } from '../../domain/billing/grants'
import { readInput } from '../parts/read-input'

const reason = z.string().trim().min(3, 'Say why, in at least 3 characters').max(500)
const id = z.uuid()

const UserAction = z.discriminatedUnion('action', [
  z.strictObject({
    action: z.literal('change-plan'),
    plan: z.string().min(1),
    when: z.enum(['now', 'period-end']),
  }),
  z.strictObject({
    action: z.literal('grant'),
    tokens: z.number().int().min(1).max(MOST_GRANTED),
    reason,
    expiresAt: z.iso.datetime().nullable(),
    requestId: id,
  }),
  z.strictObject({ action: z.literal('take-back-grant'), grantId: id, reason }),
  z.strictObject({ action: z.literal('pause'), reason }),
  z.strictObject({ action: z.literal('resume') }),
  z.strictObject({ action: z.literal('revoke-key'), keyId: id }),
  z.strictObject({ action: z.literal('end-session'), sessionId: id }),
  z.strictObject({ action: z.literal('end-sessions') }),
  z.strictObject({ action: z.literal('unlock') }),
  z.strictObject({ action: z.literal('reset-link') }),
])

/** The actions on a user that an admin can take in the panel. */
export type UserAction = z.infer<typeof UserAction>

/** The name of each action in a request. */
export const USER_ACTIONS = UserAction.options.map(({ shape }) => shape.action.value)

/** Parses a request's action. Throws VALIDATION_ERROR that names each invalid field. */
export const readUserAction = (sent: unknown): UserAction => readInput(UserAction, sent, { whole: 'action' })
