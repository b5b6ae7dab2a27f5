import { z } from '@hono/zod-openapi'
import { Id, Time, TokenCount } from '../../kit/common-schemas'

export const UsageParams = z.strictObject({
  usage_id: Id.openapi({ description: 'The `id` of a usage entry.' }),
})

const MOST_TOKENS = 1_000_000_000

export const NewCorrection = z
  .strictObject({
    tokens: z
      .int()
      .min(0)
      .max(MOST_TOKENS)
      .openapi({ description: 'The new charge of the call.', example: 120 }),
    reason: z
      .string()
      .trim()
      .min(1)
      .max(500)
      .refine((text) => !/\p{Cc}/u.test(text), 'must not contain control characters')
      .openapi({ example: 'The endpoint reported the tokens of another request.' }),
  })
  .openapi('NewCorrection')

export const Correction = z
  .object({
    id: Id,
    usage_id: Id,
    admin_id: Id,
    reason: z.string(),
    tokens_before: TokenCount,
    tokens_after: TokenCount,
    request_id: z
      .uuid()
      .openapi({ description: 'The id of the request that made it. Repeating the request changes nothing.' }),
    created_at: Time,
  })
  .openapi('Correction')

const LedgerDrift = z
  .object({
    user_id: Id.nullable().openapi({ description: "Null for the platform's roll-up." }),
    period_start: Time.nullable().openapi({
      description: "The period, or the (first) day of the platform's roll-up. Null for calls in flight.",
    }),
    figure: z.enum([
      'charged',
      'held',
      'flying',
      'rolled tokens',
      'rolled calls',
      'corrected',
      'granted',
      'platform tokens',
      'platform calls',
      'users of days',
      'durations of days',
    ]),
    rows: z.number().openapi({ description: 'The sum of the usage rows.' }),
    found: z.number().openapi({ description: 'The stored sum.' }),
  })
  .openapi('LedgerDrift')

export const LedgerCheck = z
  .object({
    id: Id,
    at: Time,
    asked_by: z.enum(['timer', 'command', 'admin']),
    users: z.int().min(0),
    periods: z.int().min(0),
    drift_count: z.int().min(0),
    drifts: z.array(LedgerDrift).openapi({ description: 'The first thousand.' }),
    stray_rows: z
      .int()
      .min(0)
      .openapi({ description: 'Calls outside the monthly partitions, counted up to 10,000.' }),
    took_ms: z.int().min(0),
  })
  .openapi('LedgerCheck')

const callSums = {
  calls_success: z.int().min(0),
  calls_error: z.int().min(0),
  calls_timeout: z.int().min(0),
  calls_pending: z.int().min(0),
  tokens_used: TokenCount,
}

const durations = {
  p50_ms: z.int().min(0).nullable(),
  p95_ms: z.int().min(0).nullable(),
  p99_ms: z.int().min(0).nullable(),
}

export const LastDay = z
  .object({
    since: Time,
    until: Time,
    ...callSums,
    ...durations,
    by_tool: z.array(
      z.object({ tool_id: Id, tool_name: z.string(), ...callSums, ...durations }).openapi('ToolDay'),
    ),
    by_hour: z.array(z.object({ hour: Time, ...callSums }).openapi('UsageHour')),
  })
  .openapi('LastDay')
