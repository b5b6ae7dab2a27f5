import { lastDay } from '../../domain/usage/last-day'
import { platformStatistics } from '../../domain/usage/statistics'
import { ok } from '../kit/envelope'
import type { Registry } from '../kit/registry'
import { LastDay } from './schemas/ledger'
import { PlatformStatistics, RangeQuery } from './schemas/usage'

/** Adds the usage of the whole platform: of a range of days, and of the last 24 hours. */
export function addAdminStats(registry: Registry): void {
  registry.add(
    {
      method: 'get',
      path: '/admin/usage/stats',
      operationId: 'getPlatformStatistics',
      tag: 'Admin',
      summary: 'Usage of the whole platform',
      access: 'admin',
      query: RangeQuery,
      answer: { status: 200, description: 'The sums.', schema: PlatformStatistics },
    },
    async ({ services, query }) => {
      const range = { startDate: query.start_date, endDate: query.end_date }
      return ok(await platformStatistics(services.pool, range))
    },
  )
  registry.add(
    {
      method: 'get',
      path: '/admin/usage/last-day',
      operationId: 'getLastDay',
      tag: 'Admin',
      summary: 'Calls and their durations in the last 24 hours (UTC), by tool and by hour',
      description:
        'Percentiles of durations are at most 9 % above the true values, and null if there are no settled calls.',
      access: 'admin',
      answer: { status: 200, description: 'The sums.', schema: LastDay },
    },
    async ({ services }) => ok(await lastDay(services.pool, null)),
  )
}
