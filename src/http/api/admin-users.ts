import { z } from '@hono/zod-openapi'
import { SUBSCRIPTION_AT_SQL } from '../../domain/billing/subscription-at-sql'
import { page } from '../kit/envelope'
import type { Registry } from '../kit/registry'
import type { Services } from '../kit/services'
import { toProfile } from './profile'
import { AdminUser, UserQuery } from './schemas/subscriptions'

/** Adds the admins' list of users. */
export function addAdminUsers(registry: Registry): void {
  registry.add(
    {
      method: 'get',
      path: '/admin/users',
      operationId: 'listUsers',
      tag: 'Admin',
      summary: 'All users, newest first, with their subscription',
      access: 'admin',
      query: UserQuery,
      answer: { status: 200, description: 'One page.', schema: z.array(AdminUser), list: 'offset' },
    },
    async ({ services, query: { offset, limit, role } }) => {
      const [rows, total] = await Promise.all([
        readUsers(services, role ?? null, offset, limit),
        countUsers(services, role ?? null),
      ])
      return page(rows.map(toAdminUser), { offset, limit, total })
    },
  )
}

interface UserRow {
  id: string
  name: string
  email: string
  role: 'user' | 'admin'
  disabled: boolean | null
  created_at: Date
  plan: string | null
  status: 'active' | 'cancelled' | 'expired' | null
}

/** With the plan and status of this moment. */
const USERS = `
  select u.id, u.name, u.email, u.role::text, u.disabled, u.created_at, plan.name as plan,
    case when current.expired then 'expired' else s.status::text end as status
  from users u
  left join subscriptions s on s.user_id = u.id
  left join ${SUBSCRIPTION_AT_SQL('s', 'now()')} on true
  left join plans plan on plan.id = current.plan_now
  where $1::text is null or u.role::text = $1
  order by u.id desc offset $2 limit $3`

async function readUsers(services: Services, role: string | null, offset: number, limit: number) {
  return (await services.pool.query<UserRow>(USERS, [role, offset, limit])).rows
}

async function countUsers(services: Services, role: string | null): Promise<number> {
  const count = 'select count(*)::int as total from users where $1::text is null or role::text = $1'
  return (await services.pool.query<{ total: number }>(count, [role])).rows[0]?.total ?? 0
}

function toAdminUser(row: UserRow) {
  const subscription = row.plan && row.status ? { plan: row.plan, status: row.status } : null
  return {
    ...toProfile({ ...row, createdAt: row.created_at }),
    disabled: row.disabled === true,
    subscription,
  }
}
