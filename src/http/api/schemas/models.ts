import { z } from '@hono/zod-openapi'
import { type OpenOption, PRICED_OPTIONS } from '../../../domain/tools/priced-options'

const Weight = z
  .int()
  .min(0)
  .max(1_000_000)
  .openapi({ description: "Tokens of the plan for a hundred of the provider's." })
const Output = z.int().min(1).max(10_000_000).nullish()
const Key = z.string().trim().min(1).max(4_000).nullable()
const CacheWrite = Weight.nullable().openapi({
  description: 'The same for input that the provider writes to its cache. Null: charged like other input.',
})
const OpenOptions = z.array(z.enum(PRICED_OPTIONS.map(({ name }) => name) as [OpenOption, ...OpenOption[]]))
const OPEN_OPTIONS = 'Options with a price that callers may set; a request that sets another is refused.'
const CONTEXT_WINDOW = 'The most input that is charged where an open option lets the provider add input.'
const ModelAdapter = z.enum(['openai', 'anthropic', 'google'])

/** The model of a tool, as an admin sets it. */
export const ModelSettings = z
  .strictObject({
    name: z.string().min(1).max(200).openapi({ description: "The model's name at the provider." }),
    kind: z.enum(['chat', 'embeddings']).optional(),
    system_prompt: z.string().max(50_000).nullish(),
    prompt_template: z
      .string()
      .max(50_000)
      .nullish()
      .openapi({ description: '`{{text}}` means the field `text` of an input.' }),
    default_output_tokens: Output,
    max_output_tokens: Output,
    weights: z
      .strictObject({
        input: Weight,
        cached_input: Weight,
        output: Weight,
        reasoning: Weight,
        cache_write_5m: CacheWrite,
        cache_write_1h: CacheWrite,
      })
      .partial()
      .optional(),
    open_options: OpenOptions.max(100).optional().openapi({ description: OPEN_OPTIONS }),
    context_window: z
      .int()
      .min(1)
      .max(100_000_000)
      .nullish()
      .openapi({ description: `${CONTEXT_WINDOW} Null: 1,000,000.` }),
    speaks_responses: z.boolean().optional(),
  })
  .openapi('ModelSettings')

export const UpstreamSettings = z
  .strictObject({
    name: z.string().min(1).max(40),
    adapter: ModelAdapter,
    api_endpoint: z.string().min(1).max(2_000).nullish(),
    model: z.string().min(1).max(200),
    weight: z.int().min(0).max(1_000).optional(),
  })
  .openapi('Upstream')

/** What the admin's calls take beside a tool's other fields. Keys go in and never come out. */
export const writableModel = {
  model: ModelSettings.optional(),
  upstreams: z.array(UpstreamSettings).max(10).optional(),
  routing: z.enum(['order', 'weight']).optional(),
  weight: z.int().min(0).max(1_000).optional(),
  provider_key: Key.optional().openapi({ description: 'Stored encrypted.' }),
  upstream_keys: z
    .record(z.string(), Key)
    .optional()
    .openapi({ description: 'Upstream name → key, stored encrypted; null removes a key.' }),
  remote_tool: z
    .string()
    .min(1)
    .max(200)
    .nullish()
    .openapi({ description: "With the adapter `mcp`: the tool's name on that server." }),
}

/** The same, as an admin reads it. */
export const readableModel = {
  model: z
    .object({
      name: z.string(),
      kind: z.enum(['chat', 'embeddings']),
      system_prompt: z.string().nullable(),
      prompt_template: z.string().nullable(),
      default_output_tokens: z.int().nullable(),
      max_output_tokens: z.int().nullable(),
      weights: z.object({
        input: z.int(),
        cached_input: z.int(),
        output: z.int(),
        reasoning: z.int(),
        cache_write_5m: z.int().nullable(),
        cache_write_1h: z.int().nullable(),
      }),
      open_options: OpenOptions.openapi({ description: OPEN_OPTIONS }),
      context_window: z.int().openapi({ description: CONTEXT_WINDOW }),
      speaks_responses: z.boolean(),
      routing: z.enum(['order', 'weight']),
      upstreams: z.array(
        z.object({
          name: z.string(),
          adapter: ModelAdapter,
          api_endpoint: z.string().nullable(),
          model: z.string(),
          weight: z.int(),
        }),
      ),
    })
    .nullable()
    .openapi({ description: 'Null for a tool that is not a model.' }),
  remote_tool: z.string().nullable(),
}
