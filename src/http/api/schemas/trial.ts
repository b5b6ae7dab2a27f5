import { z } from '@hono/zod-openapi'
import { Id, orNull, SentObject, TokenCount } from '../../kit/common-schemas'

const Json = z.record(z.string(), z.unknown())

export const TryBody = z
  .strictObject({
    input: SentObject,
    as: z.union([
      z.strictObject({ user_id: z.uuid() }),
      z.strictObject({ plan: z.string().min(1).max(100) }),
    ]),
  })
  .openapi('TryTool', { example: { input: { text: 'One two three.' }, as: { plan: 'free' } } })

const Told = z.object({ code: z.string(), message: z.string() }).openapi('TrialRefusal')

export const ToolTrial = z
  .object({
    usage_id: Id,
    request_id: z.uuid(),
    output: Json.nullable(),
    failure: orNull(z.object({ code: z.string(), reason: z.string() }).openapi('TrialFailure')),
    tokens: TokenCount.openapi({ description: 'What the ledger would charge.' }),
    source: z.enum(['reported', 'counted', 'fixed', 'partial', 'estimated', 'unknown']),
    model_tokens: orNull(
      z
        .object({
          input: TokenCount,
          cached_input: TokenCount,
          cache_write_5m: TokenCount,
          cache_write_1h: TokenCount,
          output: TokenCount,
          reasoning: TokenCount,
        })
        .openapi('TrialModelTokens'),
    ),
    duration_ms: z.int().min(0),
    charged: z.literal(0),
    admission: z.object({
      plan: z.string().nullable(),
      tokens_held: TokenCount,
      refused: orNull(Told),
    }),
    secrets_left_out: z.array(z.string()).openapi({
      description:
        'Secrets of the published tool that the draft cannot use, because its address is different.',
    }),
  })
  .openapi('ToolTrial')
