import type { Access, CollectionConfig, Field } from 'payload'
import { adminsOrOwner } from '../../platform/payload/access'
import { exactSearch } from '../../platform/payload/exact-search'
import { LOG_COLLECTION } from '../../platform/payload/log-collection'
import { sortById } from '../../platform/payload/sort-by-id'
import { boundByKey } from './bound-by-key'
import { boundByStatus } from './bound-by-status'
import { boundByTime } from './bound-by-time'
import { exportEndpoint } from './usage-export'

const integer = (name: string, label: string, description?: string): Field => ({
  name,
  label,
  type: 'number',
  admin: { description },
})

const TIME = { date: { pickerAppearance: 'dayAndTime' as const } }

/** Trials are not usage of any user: only the panel shows them. */
const adminsOrOwnCalls: Access = async (args) => {
  const own = await adminsOrOwner('user')(args)
  return typeof own === 'object' ? { and: [own, { status: { not_equals: 'trial' } }] } : own
}

/**
 * Every call, as admission and settlement wrote it. No API writes here. The table is partitioned by its id, which
 * contains the time, so lists sort by id.
 */
export const UsageLogs: CollectionConfig = {
  slug: 'usage-logs',
  labels: { singular: 'Invocation', plural: 'Usage log' },
  admin: {
    group: 'Usage',
    useAsTitle: 'toolName',
    defaultColumns: ['toolName', 'user', 'status', 'tokensUsed', 'durationMs', 'createdAt', 'requestId'],
    description:
      'Each call of a tool, written before it leaves and settled when it is answered. Search by a whole request id; filter by everything else.',
    hideAPIURL: true,
    listSearchableFields: ['requestId'],
    components: {
      beforeListTable: ['/src/panel/usage/UsagePresets#UsagePresets', '/src/panel/shell/ExportCsv#ExportCsv'],
    },
  },
  ...LOG_COLLECTION,
  timestamps: true,
  access: { ...LOG_COLLECTION.access, read: adminsOrOwnCalls },
  hooks: { beforeOperation: [sortById, exactSearch(['requestId']), boundByTime, boundByKey, boundByStatus] },
  endpoints: [exportEndpoint],
  fields: [
    {
      name: 'provenance',
      type: 'ui',
      admin: { components: { Field: '/src/panel/usage/Provenance#Provenance' }, disableListColumn: true },
    },
    { name: 'toolName', label: 'Tool', type: 'text' },
    {
      type: 'row',
      fields: [
        {
          name: 'user',
          type: 'relationship',
          relationTo: 'users',
          admin: { components: { Cell: '/src/panel/fields/UserCell#UserCell' } },
        },
        { name: 'tool', label: 'Tool document', type: 'relationship', relationTo: 'tools' },
      ],
    },
    {
      type: 'row',
      fields: [
        { name: 'plan', type: 'relationship', relationTo: 'plans' },
        { name: 'apiKey', label: 'API key', type: 'relationship', relationTo: 'api-keys' },
      ],
    },
    {
      name: 'status',
      type: 'select',
      options: ['pending', 'success', 'error', 'timeout', 'trial'],
      admin: { description: 'A trial is an admin’s: charged to nobody, and in no sum.' },
    },
    {
      type: 'row',
      fields: [
        integer('tokensUsed', 'Tokens', 'What was charged.'),
        integer('tokensHeld', 'Tokens held', 'The tokens that the call held while it ran.'),
      ],
    },
    {
      name: 'source',
      label: 'Where the count came from',
      type: 'select',
      options: ['reported', 'counted', 'fixed', 'partial', 'estimated', 'unknown'],
    },
    {
      type: 'row',
      fields: [
        integer('inputTokens', 'Input tokens', "The provider's, cached ones among them."),
        integer('cachedInputTokens', 'Cached input tokens'),
        integer('outputTokens', 'Output tokens', "The provider's, reasoning among them."),
        integer('reasoningTokens', 'Reasoning tokens'),
      ],
    },
    {
      type: 'row',
      fields: [
        // These names match the columns: from camel case, Payload would separate the digit differently.
        integer('cache_write_5m_tokens', 'Input tokens cached for 5 minutes', 'Written, among the input.'),
        integer('cache_write_1h_tokens', 'Input tokens cached for an hour', 'Written, among the input.'),
      ],
    },
    {
      type: 'row',
      fields: [
        integer('durationMs', 'Duration, ms'),
        integer('firstTokenMs', 'First token, ms', 'Until the first piece of a stream.'),
      ],
    },
    {
      type: 'row',
      fields: [
        { name: 'requestId', label: 'Request id', type: 'text' },
        { name: 'errorCode', label: 'Error code', type: 'text' },
      ],
    },
    {
      type: 'row',
      fields: [
        {
          name: 'periodStart',
          label: 'Start of its period',
          type: 'date',
          admin: { description: 'The billing period that is charged.', ...TIME },
        },
        { name: 'settledAt', label: 'Settled', type: 'date', admin: TIME },
      ],
    },
  ],
}
