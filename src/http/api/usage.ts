import { z } from '@hono/zod-openapi'
import { listUsage, summariseUsage } from '../../domain/usage/read-usage'
import { ok, page } from '../kit/envelope'
import type { Registry } from '../kit/registry'
import { RangeQuery, UsageEntry, UsageQuery, UsageSummary } from './schemas/usage'
import { toolIdFor } from './tool-lookup'

const tag = 'Usage'

/** Adds the caller's usage history and its summary. */
export function addUsage(registry: Registry): void {
  registry.add(
    {
      method: 'get',
      path: '/usage',
      operationId: 'listUsage',
      tag,
      summary: 'Your calls, newest first',
      access: 'signed-in',
      query: UsageQuery,
      answer: { status: 200, description: 'One page.', schema: z.array(UsageEntry), list: 'cursor' },
    },
    async ({ services, principal, query }) => {
      const { offset, limit, cursor } = query
      const toolId =
        query.tool_id === undefined
          ? undefined
          : await toolIdFor(services, query.tool_id, principal.catalogueVersion)
      const range = { startDate: query.start_date, endDate: query.end_date }
      const found = await listUsage(services.pool, principal.userId, {
        ...range,
        toolId,
        offset,
        limit,
        cursor,
      })
      const pagination = { offset, limit, total: found.total, next_cursor: found.nextCursor }
      return page(found.rows.map(toUsageEntry), pagination)
    },
  )
  registry.add(
    {
      method: 'get',
      path: '/usage/summary',
      operationId: 'summariseUsage',
      tag,
      summary: 'Your usage, in total and by tool',
      access: 'signed-in',
      query: RangeQuery,
      answer: { status: 200, description: 'The sums.', schema: UsageSummary },
    },
    async ({ services, principal, query }) => {
      const range = { startDate: query.start_date, endDate: query.end_date }
      return ok(await summariseUsage(services.pool, principal.userId, range))
    },
  )
}

type Row = Awaited<ReturnType<typeof listUsage>>['rows'][number]

function toUsageEntry(row: Row) {
  return row
}
