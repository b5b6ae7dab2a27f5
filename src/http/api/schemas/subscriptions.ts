import { z } from '@hono/zod-openapi'
import { Id, orNull, paging, Time, TokenCount } from '../../kit/common-schemas'
import { profileShape } from './accounts'

const Status = z.enum(['active', 'cancelled', 'expired'])

export const Plan = z
  .object({
    name: z.string().openapi({ example: 'pro' }),
    title: z.string(),
    tier: z.enum(['free', 'pro', 'enterprise']),
    token_limit: TokenCount.openapi({ description: 'Tokens in one billing period.' }),
    features: z.array(z.string()),
    price_monthly: z.number().min(0).openapi({ description: 'In the units of `currency`.', example: 29 }),
    price_cents: z.int().min(0),
    currency: z.string().openapi({ example: 'USD' }),
    requests_per_minute: z.int().min(1),
    burst: z.int().min(1),
    calls_at_once: z.int().min(1),
    can_be_chosen: z.boolean().openapi({
      description:
        'True when users may choose it at this moment; otherwise only an admin can give it (`PLAN_NOT_AVAILABLE`).',
    }),
    self_service: z.boolean().openapi({ description: 'The same, under its older name.' }),
  })
  .openapi('Plan')

export const Subscription = z
  .object({
    id: Id,
    plan: z.string(),
    status: Status,
    token_limit: TokenCount,
    tokens_used: TokenCount,
    tokens_held: TokenCount.openapi({ description: 'Held by calls in flight.' }),
    tokens_remaining: TokenCount,
    period_start: Time,
    expires_at: Time.openapi({ description: 'When this billing period ends.' }),
    pending_plan: z
      .string()
      .nullable()
      .openapi({ description: 'The plan of the next period, if it changes.' }),
    cancel_at_period_end: z.boolean(),
  })
  .openapi('Subscription')

export const Subscribe = z
  .strictObject({ plan: z.string().min(1).max(100) })
  .openapi('Subscribe', { example: { plan: 'pro' } })

export const UserQuery = z.strictObject({ ...paging, role: z.enum(['user', 'admin']).optional() })

export const AdminUser = z
  .object({
    ...profileShape,
    disabled: z.boolean(),
    subscription: orNull(z.object({ plan: z.string(), status: Status })),
  })
  .openapi('AdminUser')
