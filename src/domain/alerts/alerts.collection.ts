import type { CollectionConfig, FieldHook } from 'payload'
import { isAdminRequest } from '../../platform/payload/access'
import { LOG_COLLECTION, textField, timeField } from '../../platform/payload/log-collection'
import { readingSql } from '../../platform/payload/payload-sql'
import { sortById } from '../../platform/payload/sort-by-id'
import { ALERT_KINDS, ALERT_STATES } from './alert'

/** The state of each delivery, only for the detail page: a list shows the state that is stored with the alert. */
const readDeliveries: FieldHook = async ({ siblingData, findMany, req }) => {
  const id = (siblingData as { id?: string }).id
  if (!id || findMany || !isAdminRequest(req)) return null
  const { rows } = await (await readingSql(req)).query(DELIVERIES, [id])
  return rows
}

const DELIVERIES = `
  select channel, recipient, case when sent_at is not null then 'delivered' when given_up_at is not null
    then 'given up' else 'waiting' end as state, attempts, sent_at, next_attempt_at, last_error
  from alert_deliveries where alert_id = $1 order by channel, recipient`

/** The alerts, and whether they were delivered. Only the hub writes here. */
export const Alerts: CollectionConfig = {
  slug: 'alerts',
  labels: { singular: 'Alert', plural: 'Alerts' },
  admin: {
    group: 'Hub',
    useAsTitle: 'title',
    defaultColumns: ['at', 'kind', 'title', 'state', 'user', 'tool'],
    description:
      'Reached limits, failing tools, a ledger check with differences. The settings say who is notified.',
    hideAPIURL: true,
  },
  ...LOG_COLLECTION,
  hooks: { beforeOperation: [sortById] },
  fields: [
    textField('title', 'What'),
    {
      type: 'row',
      fields: [
        timeField('at'),
        { name: 'kind', type: 'select', options: [...ALERT_KINDS] },
        { name: 'state', type: 'select', options: [...ALERT_STATES], label: 'Told' },
        timeField('lastSeenAt', 'Seen last'),
      ],
    },
    {
      type: 'row',
      fields: [
        {
          name: 'user',
          type: 'relationship',
          relationTo: 'users',
          admin: { components: { Cell: '/src/panel/fields/UserCell#UserCell' } },
        },
        { name: 'tool', type: 'relationship', relationTo: 'tools' },
      ],
    },
    {
      name: 'data',
      type: 'json',
      label: 'Figures',
      admin: { components: { Field: '/src/panel/fields/Figures#Figures' } },
    },
    {
      name: 'deliveries',
      type: 'json',
      virtual: true,
      label: 'Notified',
      admin: { components: { Field: '/src/panel/fields/Deliveries#Deliveries' }, disableListColumn: true },
      hooks: { afterRead: [readDeliveries] },
    },
  ],
}
