import { z } from '@hono/zod-openapi'
import {
  dateRange,
  Id,
  inOrder,
  inOrderFault,
  orNull,
  paging,
  Time,
  TokenCount,
} from '../../kit/common-schemas'

/** Cached input and writes to a cache are parts of the input, reasoning is a part of the output. */
const ModelTokens = z
  .object({
    input: TokenCount,
    cached_input: TokenCount,
    cache_write_5m: TokenCount,
    cache_write_1h: TokenCount,
    output: TokenCount,
    reasoning: TokenCount,
  })
  .openapi('ModelTokens')

export const UsageEntry = z
  .object({
    id: Id,
    tool_id: Id,
    tool_name: z.string(),
    timestamp: Time,
    tokens_used: TokenCount,
    response_status: z.enum(['success', 'error', 'timeout']),
    request_id: z.uuid(),
    duration_ms: z.int().min(0),
    source: z
      .enum(['reported', 'counted', 'fixed', 'partial', 'estimated', 'unknown'])
      .nullable()
      .openapi({ description: 'Where the count of tokens comes from.' }),
    error_code: z.string().nullable(),
    model_tokens: orNull(ModelTokens).openapi({
      description: "The provider's own counts of a model's call, within their bounds.",
    }),
  })
  .openapi('UsageEntry')

export const UsageQuery = z
  .strictObject({
    ...dateRange,
    tool_id: z.string().min(1).max(200).optional().openapi({ description: "A tool's id or slug." }),
    ...paging,
    cursor: z.string().min(1).max(200).optional().openapi({
      description: 'The `next_cursor` of the previous page; replaces `offset`.',
    }),
  })
  .refine(inOrder, inOrderFault)

export const RangeQuery = z.strictObject(dateRange).refine(inOrder, inOrderFault)

const ToolUsage = z
  .object({ tool_id: Id, tool_name: z.string(), tokens_used: TokenCount, invocation_count: z.int().min(0) })
  .openapi('ToolUsage')

export const UsageSummary = z
  .object({ total_tokens: TokenCount, total_invocations: z.int().min(0), by_tool: z.array(ToolUsage) })
  .openapi('UsageSummary')

export const PlatformStatistics = z
  .object({
    total_users: z.int().min(0),
    total_invocations: z.int().min(0),
    total_tokens: TokenCount,
    by_plan: z.array(
      z
        .object({ plan: z.string(), user_count: z.int().min(0), tokens_used: TokenCount })
        .openapi('PlanUsage'),
    ),
    by_tool: z.array(ToolUsage),
  })
  .openapi('PlatformStatistics')
