import { z } from '@hono/zod-openapi'
import { Id, Name, SentObject, SentObjectOrNull, Time, TokenCount } from '../../kit/common-schemas'
import { readableModel, writableModel } from './models'

const Tier = z.enum(['free', 'pro', 'enterprise'])
const Json = z.record(z.string(), z.unknown())

const Metering = z
  .object({
    mode: z.enum(['reported', 'counted', 'fixed']),
    path: z.string().nullable().openapi({ description: 'Where the response reports its tokens.' }),
    tokens: TokenCount.nullable().openapi({ description: 'The fixed price of a call.' }),
  })
  .openapi('Metering')

const listed = {
  id: Id,
  name: z.string(),
  slug: z.string(),
  description: z.string().openapi({ description: 'Markdown.' }),
  category: z.string().nullable(),
  minimum_plan: Tier.openapi({ description: 'The lowest plan that opens the tool.' }),
}

export const Tool = z
  .object({
    ...listed,
    available: z.boolean().openapi({ description: "True when the caller's plan opens it." }),
  })
  .openapi('Tool')

const detailed = {
  ...listed,
  is_active: z.boolean(),
  created_at: Time,
  input_schema: Json.openapi({ description: 'JSON Schema of `input`.' }),
  example: Json.nullable().openapi({ description: 'An `input` that works.' }),
  metering: Metering,
  max_tokens: TokenCount.nullable(),
}

const WayToCall = z
  .object({
    door: z.enum([
      'invoke',
      'invoke-stream',
      'openai-javascript',
      'openai-python',
      'openai-curl',
      'mcp',
      'graphql',
    ]),
    title: z.string(),
    language: z.string().openapi({ description: 'shell, javascript, python or json.' }),
    snippet: z.string().openapi({ description: 'Code to copy. It reads the API key from `HUB_API_KEY`.' }),
  })
  .openapi('WayToCall')

export const ToolDetail = z
  .object({ ...detailed, available: z.boolean(), ways_to_call: z.array(WayToCall) })
  .openapi('ToolDetail')

export const AdminTool = z
  .object({
    ...detailed,
    adapter: z.string(),
    api_endpoint: z.string().nullable(),
    timeout_ms: z.int(),
    retries: z.int(),
    headers: z
      .array(z.string())
      .openapi({ description: 'The names of the headers; the values are never returned.' }),
    ...readableModel,
  })
  .openapi('AdminTool')

const Slug = z
  .string()
  .max(100)
  .regex(/^[a-z0-9]+(?:-[a-z0-9]+)*$/, 'must be lower-case letters and digits, joined by single hyphens')
  .openapi({ example: 'my-tool' })

const writable = {
  name: Name,
  description: z.string().trim().min(1).max(5_000).openapi({ description: 'Markdown.' }),
  api_endpoint: z.string().min(1).max(2_000).nullish().openapi({
    example: 'https://tools.example.org/translate',
    description: 'Required, except for `anthropic` and `google`, which have their own address.',
  }),
  slug: Slug.optional(),
  category: z.string().trim().max(60).nullish(),
  adapter: z.enum(['http', 'openai', 'anthropic', 'google', 'mcp']).optional(),
  timeout_ms: z.int().min(100).max(600_000).optional(),
  retries: z.int().min(0).max(5).optional(),
  metering: z
    .strictObject({
      mode: z.enum(['reported', 'counted', 'fixed']),
      path: z.string().min(1).max(200).nullish(),
      tokens: z.int().min(0).max(1_000_000_000).nullish(),
    })
    .refine(({ mode, tokens }) => mode !== 'fixed' || typeof tokens === 'number', {
      path: ['tokens'],
      message: 'is required where the mode is fixed',
    })
    .optional(),
  max_tokens: z.int().min(1).max(1_000_000_000).nullish(),
  minimum_plan: Tier.optional(),
  input_schema: SentObjectOrNull,
  example: SentObjectOrNull,
  headers: z
    .record(z.string(), z.string().max(8_000).nullable())
    .optional()
    .openapi({ description: 'Name → value, stored encrypted; null removes a header.' }),
  is_active: z.boolean().optional(),
  ...writableModel,
}

export const NewTool = z.strictObject(writable).openapi('NewTool')
export const ChangeTool = z.strictObject(writable).partial().openapi('ChangeTool')

export const InvokeBody = z
  .strictObject({ input: SentObject.openapi({ description: "Must match the tool's input schema." }) })
  .openapi('Invoke', { example: { input: { text: 'The quick brown fox jumps over the lazy dog.' } } })

export const InvokeHeaders = z.object({
  'Idempotency-Key': z.string().min(1).max(255).optional().openapi({
    description:
      'A repeated request with the same key returns the first response for 24 hours and is charged once.',
  }),
})

export const Invocation = z
  .object({ request_id: z.uuid(), output: Json, tokens_used: TokenCount, duration_ms: z.int().min(0) })
  .openapi('Invocation')
