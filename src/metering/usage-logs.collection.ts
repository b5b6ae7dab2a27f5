import type { Access, CollectionConfig, Field } from 'payload'
import { adminsOrOwner, nobody } from '../accounts/payload/access'
import { csvExport } from '../audit/csv-export'
import { exactSearch } from '../database/exact-search'
import { boundByTime } from './bound-by-time'
import { sortById } from './sort-by-id'

const integer = (name: string, description?: string): Field => ({
  name,
  type: 'number',
  admin: { description },
})

/** What the list shows, all pages of it. */
const exportEndpoint = csvExport('usage-logs', 'Usage log', [
  'id',
  'createdAt',
  'user',
  'tool',
  'toolName',
  'plan',
  'apiKey',
  'status',
  'tokensUsed',
  'tokensHeld',
  'source',
  'inputTokens',
  'cachedInputTokens',
  'outputTokens',
  'reasoningTokens',
  'durationMs',
  'firstTokenMs',
  'errorCode',
  'requestId',
  'periodStart',
  'settledAt',
])

/** Trials are no use of anybody's: only the panel shows them. */
const adminsOrOwnCalls: Access = async (args) => {
  const own = await adminsOrOwner('user')(args)
  return typeof own === 'object' ? { and: [own, { status: { not_equals: 'trial' } }] } : own
}

/**
 * Every invocation, as admission and settlement wrote it. No API writes here. The table is partitioned by its
 * id, which carries the time, so lists sort by id.
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
      beforeListTable: ['/src/admin/usage/UsagePresets#UsagePresets', '/src/admin/ExportCsv#ExportCsv'],
    },
  },
  defaultSort: '-id',
  lockDocuments: false,
  disableDuplicate: true,
  disableBulkEdit: true,
  access: { read: adminsOrOwnCalls, create: nobody, update: nobody, delete: nobody },
  hooks: { beforeOperation: [sortById, exactSearch(['requestId']), boundByTime] },
  endpoints: [exportEndpoint],
  fields: [
    {
      name: 'provenance',
      type: 'ui',
      admin: { components: { Field: '/src/admin/usage/Provenance#Provenance' }, disableListColumn: true },
    },
    { name: 'toolName', label: 'Tool', type: 'text' },
    { name: 'user', type: 'relationship', relationTo: 'users' },
    { name: 'tool', label: 'Tool document', type: 'relationship', relationTo: 'tools' },
    { name: 'plan', type: 'relationship', relationTo: 'plans' },
    { name: 'apiKey', type: 'relationship', relationTo: 'api-keys' },
    {
      name: 'status',
      type: 'select',
      options: ['pending', 'success', 'error', 'timeout', 'trial'],
      admin: { description: 'A trial is an admin’s: charged to nobody, and in no sum.' },
    },
    integer('tokensUsed', 'What was charged.'),
    integer('tokensHeld', 'What was held while the call was under way.'),
    {
      name: 'source',
      label: 'Where the count came from',
      type: 'select',
      options: ['reported', 'counted', 'fixed', 'partial', 'unknown'],
    },
    {
      type: 'row',
      fields: [
        integer('inputTokens', "The provider's, cached ones among them."),
        integer('cachedInputTokens'),
        integer('outputTokens', "The provider's, reasoning among them."),
        integer('reasoningTokens'),
      ],
    },
    integer('durationMs', 'Milliseconds.'),
    integer('firstTokenMs', 'Milliseconds until the first piece of a stream.'),
    { name: 'requestId', type: 'text' },
    { name: 'errorCode', type: 'text' },
    { name: 'periodStart', type: 'date', admin: { description: 'The billing period that is charged.' } },
    { name: 'settledAt', type: 'date' },
  ],
}
