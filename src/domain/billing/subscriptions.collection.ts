import type { CollectionBeforeChangeHook, CollectionConfig, FieldHook } from 'payload'
import { invalidField } from '../../platform/kernel/problem'
import { adminsOnly, adminsOrOwner } from '../../platform/payload/access'
import { lockBeforeUpdate, requestSql } from '../../platform/payload/payload-sql'
import { readTogether } from '../../platform/payload/read-together'
import { periodAt } from './period'
import { rollSubscriptionById } from './roll'
import { SUBSCRIPTION_AT_SQL } from './subscription-at-sql'

/** A subscription as it is now: until the next call, the stored row may be from an ended period. */
type Current = {
  id: string
  plan: string
  pending_plan: string | null
  period_start: Date
  period_end: Date
  token_limit: string
  used: string
  held: string
}

const CURRENT = `
  select s.id, current.plan_now as plan, case when not current.rolls then s.pending_plan_id end as pending_plan,
    current.start_now as period_start, current.end_now as period_end,
    p.token_limit + current.extra as token_limit, current.used, current.held
  from subscriptions s cross join ${SUBSCRIPTION_AT_SQL('s', 'now()')} join plans p on p.id = current.plan_now
  where s.id = any ($1)`

const read = async ({ siblingData, req }: Parameters<FieldHook>[0]): Promise<Current | undefined> => {
  const id = (siblingData as { id?: string }).id
  return id ? readTogether<Current>(req, CURRENT, id) : undefined
}

/** A read-only counter: its column is never written by an update through Payload. */
const counter = (pick: (current: Current) => number): FieldHook => {
  return async (args) => {
    const current = await read(args)
    return current ? pick(current) : null
  }
}

/** The current value of a field, which may differ from the stored one. */
const now = (pick: (current: Current) => string | null): FieldHook => {
  return async (args) => {
    const current = args.value === undefined ? undefined : await read(args)
    return current ? pick(current) : args.value
  }
}

/** A new subscription starts now; an admin's change of the plan or status applies at once, in the same period. */
const fillPeriod: CollectionBeforeChangeHook = ({ data, operation }) => {
  if (operation === 'create') {
    const now = new Date()
    const period = periodAt(now, now)
    return {
      ...data,
      startedAt: now.toISOString(),
      periodStart: period.start.toISOString(),
      periodEnd: period.end.toISOString(),
    }
  }
  if (data.status === 'expired')
    throw invalidField('status', 'Set it to cancelled: it expires when the period ends')
  return data
}

const written = { readOnly: true, description: 'Written by the hub' }

/** Who has which plan. Only the ledger writes the counters; an admin changes the plan and the status. */
export const Subscriptions: CollectionConfig = {
  slug: 'subscriptions',
  labels: { singular: 'Subscription', plural: 'Subscriptions' },
  admin: {
    group: 'Billing',
    useAsTitle: 'id',
    defaultColumns: ['user', 'plan', 'status', 'tokensUsed', 'tokenLimit', 'periodEnd'],
    description: 'One a user. The period rolls over by itself, at the moment of use.',
  },
  disableDuplicate: true,
  disableBulkEdit: true,
  access: { read: adminsOrOwner('user'), create: adminsOnly, update: adminsOnly, delete: adminsOnly },
  hooks: {
    beforeOperation: [
      lockBeforeUpdate('subscriptions'),
      async ({ args, operation, req }) => {
        const id = (args as { id?: string }).id
        if (operation !== 'update' || !id) return
        const sql = await requestSql(req)
        await rollSubscriptionById(sql, id, null)
      },
    ],
    beforeChange: [fillPeriod],
  },
  fields: [
    {
      name: 'user',
      type: 'relationship',
      relationTo: 'users',
      required: true,
      unique: true,
      index: true,
      access: { update: () => false },
    },
    {
      name: 'plan',
      type: 'relationship',
      relationTo: 'plans',
      required: true,
      index: true,
      hooks: { afterRead: [now(({ plan }) => plan)] },
    },
    {
      name: 'pendingPlan',
      type: 'relationship',
      relationTo: 'plans',
      admin: { description: 'Takes effect when the period ends.' },
      hooks: { afterRead: [now(({ pending_plan }) => pending_plan)] },
    },
    {
      name: 'status',
      type: 'select',
      enumName: 'hub_subscription_status',
      required: true,
      defaultValue: 'active',
      options: ['active', 'cancelled', 'expired'],
      admin: { description: 'Cancelled: usable until the period ends.' },
      hooks: {
        afterRead: [
          ({ value, siblingData }) => {
            const end = (siblingData as { periodEnd?: string }).periodEnd
            return value === 'cancelled' && end && new Date(end) <= new Date() ? 'expired' : value
          },
        ],
      },
    },
    {
      type: 'row',
      fields: (
        [
          ['startedAt', []],
          ['periodStart', [now(({ period_start }) => period_start.toISOString())]],
          ['periodEnd', [now(({ period_end }) => period_end.toISOString())]],
        ] as const
      ).map(([name, afterRead]) => ({
        name,
        type: 'date' as const,
        hooks: { afterRead: [...afterRead] },
        admin: { ...written, date: { pickerAppearance: 'dayAndTime' as const } },
        access: { create: () => false, update: () => false },
      })),
    },
    {
      type: 'row',
      fields: (
        [
          ['tokenLimit', (c: Current) => Number(c.token_limit)],
          ['tokensUsed', (c: Current) => Number(c.used)],
          ['tokensHeld', (c: Current) => Number(c.held)],
          [
            'tokensRemaining',
            (c: Current) => Math.max(0, Number(c.token_limit) - Number(c.used) - Number(c.held)),
          ],
        ] as const
      ).map(([name, pick]) => ({
        name,
        type: 'number' as const,
        virtual: true,
        admin: written,
        access: { create: () => false, update: () => false },
        hooks: { afterRead: [counter(pick)] },
      })),
    },
  ],
}
