import type { CollectionConfig } from 'payload'
import { exactSearch } from '../../platform/payload/exact-search'
import { LOG_COLLECTION, textField, timeField } from '../../platform/payload/log-collection'
import { sortById } from '../../platform/payload/sort-by-id'
import { LAYERS } from './refusal'

/** The fields that the panel's search matches by their whole value. */
const SEARCHED = ['requestId', 'reason']

/** Calls that the hub refused, with the layer that refused and the values that it saw. Only the hub writes here. */
export const Refusals: CollectionConfig = {
  slug: 'refusals',
  labels: { singular: 'Refusal', plural: 'Refusals' },
  admin: {
    group: 'Usage',
    useAsTitle: 'reason',
    defaultColumns: ['at', 'user', 'toolName', 'layer', 'reason', 'leftOut', 'requestId'],
    listSearchableFields: SEARCHED,
    description:
      'Why was this call refused? Search by a whole request id or reason. Kept for 30 days; of one user and reason five a minute, the rest is counted.',
    hideAPIURL: true,
  },
  ...LOG_COLLECTION,
  hooks: { beforeOperation: [sortById, exactSearch(SEARCHED)] },
  fields: [
    {
      type: 'row',
      fields: [
        timeField('at'),
        {
          name: 'user',
          type: 'relationship',
          relationTo: 'users',
          admin: { components: { Cell: '/src/panel/fields/UserCell#UserCell' } },
        },
        textField('toolName', 'Tool'),
        { name: 'tool', type: 'relationship', relationTo: 'tools', label: 'Tool document' },
      ],
    },
    {
      type: 'row',
      fields: [
        { name: 'layer', type: 'select', options: [...LAYERS], label: 'Who decided' },
        textField('reason', 'Reason'),
        textField('code', 'Code', 'What the caller was answered: docs/errors.md.'),
      ],
    },
    textField('message', 'Message to the caller'),
    {
      name: 'figures',
      type: 'json',
      label: 'What was seen',
      admin: { components: { Field: '/src/panel/fields/Figures#Figures' } },
    },
    {
      type: 'row',
      fields: [
        textField('requestId', 'Request id'),
        {
          name: 'leftOut',
          type: 'number',
          label: 'And so many more',
          admin: { description: 'Refusals of the same kind in that minute that are not kept one by one.' },
        },
      ],
    },
  ],
}
