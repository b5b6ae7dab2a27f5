import { z } from '@hono/zod-openapi'
import { MOST_GRANTED } from '../../../domain/billing/grants'
import { Id, Time, TokenCount } from '../../kit/common-schemas'

const Reason = z
  .string()
  .trim()
  .min(3)
  .max(500)
  .refine((text) => !/\p{Cc}/u.test(text), 'must not contain control characters')

export const GrantsParams = z.strictObject({ user_id: Id })
export const GrantParams = z.strictObject({ user_id: Id, grant_id: Id })

export const NewGrant = z
  .strictObject({
    tokens: z.int().min(1).max(MOST_GRANTED).openapi({ example: 5000 }),
    reason: Reason.openapi({ example: 'For the launch.' }),
    expires_at: Time.optional().openapi({
      description: 'Defaults to the end of the period, and cannot be later.',
    }),
  })
  .openapi('NewGrant')

export const TakenBack = z
  .strictObject({ reason: Reason.openapi({ example: 'Given to the wrong account.' }) })
  .openapi('TakeBackGrant')

export const Grant = z
  .object({
    id: Id,
    tokens: TokenCount.openapi({ description: 'The tokens that were granted.' }),
    reason: z.string(),
    expires_at: Time,
    created_at: Time,
    given_by: z.string().nullable().openapi({ description: 'Null if the admin was deleted.' }),
    tokens_taken_back: TokenCount,
    taken_back_at: Time.nullable(),
    taken_back_reason: z.string().nullable(),
    taken_back_by: z.string().nullable(),
  })
  .openapi('Grant')
