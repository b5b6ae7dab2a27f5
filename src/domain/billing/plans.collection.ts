import type { CollectionConfig } from 'payload'
import { invalidField, Problem } from '../../platform/kernel/problem'
import { adminsOnly, nobodyField, signedIn } from '../../platform/payload/access'
import { lockBeforeUpdate, requestSql } from '../../platform/payload/payload-sql'
import { runtime } from '../../platform/runtime/runtime'
import { pricesAreClosed } from './offer'
import { TIERS } from './plans'

const CLOSED_PLANS = '/src/panel/plans/ClosedPlans#ClosedPlans'

/** Null if the request did not select the fields that decide this. */
function canBeChosen({ selfService, priceCents }: Record<string, unknown>): boolean | null {
  if (selfService === undefined || priceCents === undefined) return null
  return selfService === true && !(pricesAreClosed(runtime().config) && Number(priceCents) > 0)
}

const limit = (name: string, label: string, description: string) => ({
  name,
  label,
  type: 'number' as const,
  required: true,
  min: 1,
  max: 9_007_199_254_740_991,
  admin: { description, step: 1 },
  validate: (value: unknown) =>
    (Number.isSafeInteger(value) && (value as number) >= 1) || 'A whole number of at least 1 is required',
})

/** What users may subscribe to: the limits, the price and the tools that a plan opens. */
export const Plans: CollectionConfig = {
  slug: 'plans',
  labels: { singular: 'Plan', plural: 'Plans' },
  admin: {
    group: 'Billing',
    useAsTitle: 'title',
    defaultColumns: ['title', 'tier', 'tokenLimit', 'priceCents', 'requestsPerMinute', 'canBeChosen'],
    components: { beforeListTable: [CLOSED_PLANS] },
    description: 'Prices, limits and the tools that a plan opens. A change counts from the next call on.',
  },
  defaultSort: 'rank',
  disableDuplicate: true,
  disableBulkEdit: true,
  // A rule counts these documents, and cannot count correctly while several are deleted at once.
  disableBulkDelete: true,
  access: { read: signedIn, create: adminsOnly, update: adminsOnly, delete: adminsOnly },
  hooks: {
    beforeOperation: [lockBeforeUpdate('plans')],
    beforeValidate: [
      ({ data }) => {
        if (typeof data?.name === 'string' && !/^[a-z][a-z0-9-]{0,39}$/.test(data.name)) {
          throw invalidField('name', 'Small letters, digits and hyphens, starting with a letter')
        }
        return data
      },
    ],
    beforeDelete: [
      async ({ id, req }) => {
        const sql = await requestSql(req)
        // Anybody who chooses this plan meanwhile, or makes it the plan of new users, waits and then finds it deleted.
        await sql.query('select from plans where id = $1 for update', [id])
        const used = await sql.query(
          'select 1 from subscriptions where plan_id = $1 or pending_plan_id = $1 limit 1',
          [id],
        )
        if (used.rows.length > 0) {
          throw new Problem('CONFLICT', 'This plan has subscriptions. Move them to another plan first.')
        }
        const given = await sql.query('select 1 from settings where default_plan_id = $1', [id])
        if (given.rows.length > 0) {
          throw new Problem(
            'CONFLICT',
            'New users start with this plan. Choose another in the settings first.',
          )
        }
      },
    ],
  },
  fields: [
    {
      type: 'row',
      fields: [
        {
          name: 'title',
          type: 'text',
          required: true,
          maxLength: 60,
          admin: { description: 'What people read: Pro' },
        },
        {
          name: 'name',
          type: 'text',
          required: true,
          unique: true,
          index: true,
          admin: { description: 'Identifier in the API, e.g. pro' },
        },
      ],
    },
    {
      type: 'row',
      fields: [
        {
          name: 'tier',
          type: 'select',
          options: TIERS.map((tier) => ({ label: tier[0]?.toUpperCase() + tier.slice(1), value: tier })),
          required: true,
          defaultValue: 'free',
          admin: { description: 'Opens every tool whose lowest plan is this tier or one below it.' },
        },
        {
          ...limit(
            'rank',
            'Order',
            'Moving to a higher number is an upgrade (at once), to a lower one a downgrade.',
          ),
          unique: true,
        },
      ],
    },
    limit('tokenLimit', 'Tokens a month', 'What a subscriber may use in one billing period.'),
    {
      type: 'row',
      fields: [
        limit('requestsPerMinute', 'Calls a minute', 'Sustained rate. Refused calls do not count.'),
        limit('burst', 'Burst', 'Calls that may come at once before the rate counts.'),
        limit('callsAtOnce', 'Calls at once', 'Calls of one user in flight.'),
      ],
    },
    {
      name: 'whatIf',
      type: 'ui',
      admin: { components: { Field: '/src/panel/plans/WhatIf#WhatIf' }, disableListColumn: true },
    },
    {
      type: 'row',
      fields: [
        {
          name: 'priceCents',
          label: 'Monthly price in cents',
          type: 'number',
          required: true,
          min: 0,
          max: 100_000_000,
          defaultValue: 0,
          validate: (value: unknown) =>
            (Number.isSafeInteger(value) && (value as number) >= 0) || 'A whole number of cents is required',
        },
        { name: 'currency', type: 'text', required: true, defaultValue: 'USD', minLength: 3, maxLength: 3 },
      ],
    },
    {
      name: 'features',
      type: 'array',
      maxRows: 30,
      fields: [{ name: 'text', type: 'text', required: true, maxLength: 200 }],
    },
    {
      type: 'row',
      fields: [
        {
          name: 'selfService',
          label: 'Users may choose it themselves',
          type: 'checkbox',
          defaultValue: true,
        },
        {
          name: 'canBeChosen',
          label: 'Users can choose it now',
          type: 'checkbox',
          virtual: true,
          access: { create: nobodyField, update: nobodyField },
          admin: {
            readOnly: true,
            description: 'In production a price closes a plan to users while no payments are set up.',
          },
          hooks: { afterRead: [({ siblingData }) => canBeChosen(siblingData)] },
        },
      ],
    },
    {
      name: 'closed',
      type: 'ui',
      admin: { components: { Field: CLOSED_PLANS }, disableListColumn: true },
    },
    {
      name: 'opens',
      type: 'ui',
      admin: { disableListColumn: true, components: { Field: '/src/panel/tools/PlanWays#PlanWays' } },
    },
  ],
}
