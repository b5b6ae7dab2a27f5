import { z } from '@hono/zod-openapi'
import { PROBLEM_STATUS, type ProblemCode } from '../../../platform/kernel/problem'
import { Id, orNull, Time } from '../../kit/common-schemas'

const CODES = Object.keys(PROBLEM_STATUS) as [ProblemCode, ...ProblemCode[]]
const Json = z.record(z.string(), z.unknown())
const RemoteName = z.string().min(1).max(200)

const server = {
  api_endpoint: z.string().min(1).max(2_000).openapi({ example: 'https://mcp.example.org/mcp' }),
  headers: z
    .record(z.string(), z.string().max(8_000))
    .optional()
    .openapi({ description: 'Name → value, sent to the server.' }),
}

export const McpServer = z.strictObject(server).openapi('McpServer')

export const ImportMcpTools = z
  .strictObject({
    ...server,
    tools: z.array(RemoteName).min(1).max(100).openapi({ description: 'Their names on the server.' }),
    minimum_plan: z.enum(['free', 'pro', 'enterprise']).optional(),
    prefix: z
      .string()
      .trim()
      .regex(/^[A-Za-z0-9][A-Za-z0-9 _-]{0,39}$/, 'must be 1 to 40 letters, digits, spaces, _ or -')
      .optional()
      .openapi({
        description: 'Put before each name and slug, because two servers may use the same names.',
        example: 'github',
      }),
  })
  .openapi('ImportMcpTools')

export const McpServerTool = z
  .object({
    name: z.string(),
    title: z.string().nullable(),
    description: z.string(),
    input_schema: Json,
    imported: z.boolean().openapi({ description: 'True if it is already a tool of the hub.' }),
    taken: z.boolean().openapi({
      description: 'True if another tool of the hub has its name or slug: import it with a prefix.',
    }),
  })
  .openapi('McpServerTool')

const ImportedMcpTool = z
  .object({ name: z.string(), tool_id: Id, slug: z.string() })
  .openapi('ImportedMcpTool')

const RefusedMcpTool = z
  .object({ name: z.string(), code: z.enum(CODES), message: z.string() })
  .openapi('RefusedMcpTool')

export const McpImported = z
  .object({
    imported: z.array(ImportedMcpTool),
    refused: z.array(RefusedMcpTool).openapi({ description: 'The tools that were not imported, and why.' }),
  })
  .openapi('McpImported')

export const AcceptMcpChange = z
  .strictObject({
    fingerprint: z
      .string()
      .regex(/^[0-9a-f]{64}$/, 'must be the fingerprint of what was seen')
      .openapi({ description: 'The fingerprint of the change to accept, as the check returned it.' }),
  })
  .openapi('AcceptMcpChange')

export const McpChange = z
  .object({
    tool_id: Id,
    slug: z.string(),
    remote_tool: z.string(),
    changed_at: orNull(Time).openapi({
      description: "Since when the server's description or schema differs from the imported one.",
    }),
    checked_at: orNull(Time),
    seen: orNull(
      z
        .object({ fingerprint: z.string(), description: z.string(), input_schema: Json })
        .openapi('McpSeen', { description: "The server's description and schema at the last check." }),
    ),
    problem: z.string().nullable().openapi({ description: 'Why it could not be checked.' }),
  })
  .openapi('McpChange')
