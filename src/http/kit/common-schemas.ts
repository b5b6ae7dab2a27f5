import { z } from '@hono/zod-openapi'
import { PROBLEM_STATUS, type ProblemCode } from '../../platform/kernel/problem'

const CODES = Object.keys(PROBLEM_STATUS) as [ProblemCode, ...ProblemCode[]]
const EARLIEST = '1970-01-01'

export const Id = z.uuid().openapi({ example: '0198c5a2-6c1e-7b3a-9d2f-3f1c5e7a9b01' })
export const Time = z.iso.datetime().openapi({ example: '2026-01-31T12:00:00.000Z' })
export const TokenCount = z.int().min(0)

/** A reference to a named schema, or null. (`nullable()` would make the named schema itself nullable.) */
export const orNull = <S extends z.ZodType>(schema: S) => z.union([schema, z.null()])

const isObject = (value: unknown) => typeof value === 'object' && value !== null && !Array.isArray(value)

/** A JSON object that is sent, given on as it came: a copy would lose the digits of its large integers. */
export const SentObject = z
  .custom<Record<string, unknown>>(isObject, {
    error: ({ input }) => (input === undefined ? 'is required' : 'must be an object'),
  })
  .openapi({ type: 'object', additionalProperties: {} })

/** The same where it may be left out or be null. */
export const SentObjectOrNull = SentObject.nullish().openapi({
  type: ['object', 'null'],
  additionalProperties: {},
})

/** A name that people read: trimmed, 1–100 characters, on one line. */
export const Name = z
  .string()
  .trim()
  .min(1)
  .max(100)
  .refine((text) => !/\p{Cc}/u.test(text), 'must not contain control characters')

/** A whole number in a query, where everything is text. */
export const queryNumber = (least: number, most: number, usual: number) =>
  z
    .string()
    .regex(/^\d{1,16}$/, `must be an integer from ${least} to ${most}`)
    .transform(Number)
    .refine((value) => value >= least && value <= most, `must be an integer from ${least} to ${most}`)
    .default(usual)
    .openapi({ type: 'integer', minimum: least, maximum: most, default: usual })

export const paging = {
  offset: queryNumber(0, 1_000_000_000_000, 0).openapi({ description: 'How many entries to skip.' }),
  limit: queryNumber(1, 100, 20).openapi({ description: 'How many entries to return at most.' }),
}

export const QueryDate = z.iso
  .date()
  .refine((date) => date >= EARLIEST, `must not be before ${EARLIEST}`)
  .openapi({ example: '2026-01-31' })

export const dateRange = {
  start_date: QueryDate.optional().openapi({ description: 'First day, in UTC, inclusive.' }),
  end_date: QueryDate.optional().openapi({ description: 'Last day, in UTC, inclusive.' }),
}

/** True when a range does not end before it starts; said of the field that is then wrong. */
export const inOrder = (range: { start_date?: string | undefined; end_date?: string | undefined }) =>
  range.start_date === undefined || range.end_date === undefined || range.start_date <= range.end_date
export const inOrderFault = { path: ['end_date'], message: 'must not be before start_date' }

export const ToolParams = z.strictObject({
  tool_id: z
    .string()
    .min(1)
    .max(200)
    .openapi({ description: "The tool's id or its slug.", example: 'summarize' }),
})

export const Message = z.object({ message: z.string() }).openapi('Message')

export const Problem = z
  .object({
    code: z.enum(CODES),
    message: z.string().openapi({ description: 'What happened, for people to read.' }),
    details: z.array(
      z
        .looseObject({ field: z.string().optional(), message: z.string().optional() })
        .openapi('ProblemDetail', {
          description: 'A field and what is wrong with it, or the figures that led to a refusal.',
        }),
    ),
  })
  .openapi('Problem')

export const Meta = z.object({ request_id: z.uuid() }).openapi('Meta')

const pagination = { offset: z.int().min(0), limit: z.int().min(1).max(100), total: z.int().min(0) }

export const ListMeta = z
  .object({ request_id: z.uuid(), pagination: z.object(pagination) })
  .openapi('ListMeta')

export const CursorListMeta = z
  .object({
    request_id: z.uuid(),
    pagination: z.object({
      ...pagination,
      next_cursor: z.string().nullable().openapi({ description: 'Give it as `cursor` for the next page.' }),
    }),
  })
  .openapi('CursorListMeta')

export const Failure = z.object({ data: z.null(), error: Problem, meta: Meta }).openapi('Failure')
