import type { CollectionBeforeChangeHook, CollectionConfig, FieldHook } from 'payload'
import { adminsOnly, adminsOrOwner } from '../accounts/payload/access'
import { lockBeforeUpdate, readingSql, requestSql } from '../database/payload-sql'
import type { Sql } from '../database/sql'
import { invalidField } from '../problem'
import { periodAt } from './period'
import { rollSubscriptionById } from './roll'

type Counters = {
  token_limit: string
  tokens_used: string
  tokens_held: string
  period_end: Date
  status: string
}

type Known = Map<string, Promise<Counters | undefined>>

/**
 * The counters of a subscription for reading. They live in columns that no Payload update writes; one query a
 * document, shared by its fields.
 */
const counter = (pick: (counters: Counters) => unknown): FieldHook => {
  return async ({ siblingData, req, context }) => {
    const id = (siblingData as { id?: string }).id
    if (!id) return null
    const known = (context.subscriptionCounters as Known | undefined) ?? new Map()
    context.subscriptionCounters = known
    const reading = known.get(id) ?? readingSql(req).then((sql) => readCounters(sql, id))
    known.set(id, reading)
    const counters = await reading
    return counters ? pick(counters) : null
  }
}

async function readCounters(sql: Sql, id: string): Promise<Counters | undefined> {
  const found = await sql.query<Counters>(
    `select p.token_limit + hub_extra_tokens(s.extra_tokens, s.extra_until, now()) as token_limit, s.tokens_used, s.tokens_held, s.period_end, s.status
     from subscriptions s join plans p on p.id = s.plan_id where s.id = $1`,
    [id],
  )
  return found.rows[0]
}

/** What is read after a write is what was written, not what was read for it. */
const forgetCounters: CollectionBeforeChangeHook = ({ data, originalDoc, context }) => {
  const known = context.subscriptionCounters as Known | undefined
  known?.delete(String(originalDoc?.id))
  return data
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
    beforeChange: [fillPeriod, forgetCounters],
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
