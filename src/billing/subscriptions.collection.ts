import type { CollectionBeforeChangeHook, CollectionConfig, FieldHook } from 'payload'
import { adminsOnly, adminsOrOwner } from '../accounts/payload/access'
import { lockBeforeUpdate, requestSql } from '../database/payload-sql'
import { readTogether } from '../database/read-together'
import { invalidField } from '../problem'
import { periodAt } from './period'
import { rollSubscriptionById } from './roll'

/** What no Payload update writes of a subscription. */
type Counters = { id: string; token_limit: string; tokens_used: string; tokens_held: string }

const COUNTERS = `
  select s.id, p.token_limit + hub_extra_tokens(s.extra_tokens, s.extra_until, now()) as token_limit, s.tokens_used,
    s.tokens_held
  from subscriptions s join plans p on p.id = s.plan_id where s.id = any ($1)`

/** A counter, for reading: they live in columns that no Payload update writes. */
const counter = (pick: (counters: Counters) => unknown): FieldHook => {
  return async ({ siblingData, req }) => {
    const id = (siblingData as { id?: string }).id
    const counters = id ? await readTogether<Counters>(req, COUNTERS, id) : undefined
    return counters ? pick(counters) : null
  }
}

/** A new subscription starts now; an admin's change of the plan or status counts at once, in the same period. */
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

/** Who has which plan. Counters are written by the ledger alone; an admin changes the plan and the status. */
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
    { name: 'plan', type: 'relationship', relationTo: 'plans', required: true, index: true },
    {
      name: 'pendingPlan',
      type: 'relationship',
      relationTo: 'plans',
      admin: { description: 'Takes effect when the period ends.' },
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
      fields: ['startedAt', 'periodStart', 'periodEnd'].map((name) => ({
        name,
        type: 'date' as const,
        admin: { ...written, date: { pickerAppearance: 'dayAndTime' as const } },
        access: { create: () => false, update: () => false },
      })),
    },
    {
      type: 'row',
      fields: (
        [
          ['tokenLimit', (c: Counters) => Number(c.token_limit)],
          ['tokensUsed', (c: Counters) => Number(c.tokens_used)],
          ['tokensHeld', (c: Counters) => Number(c.tokens_held)],
          [
            'tokensRemaining',
            (c: Counters) =>
              Math.max(0, Number(c.token_limit) - Number(c.tokens_used) - Number(c.tokens_held)),
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
