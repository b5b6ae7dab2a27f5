import type { CollectionConfig, Field } from 'payload'
import { adminsOnly, nobody } from '../../platform/payload/access'
import { exactSearch } from '../../platform/payload/exact-search'
import { sortById } from '../../platform/payload/sort-by-id'
import { exportEndpoint } from './export'
import { AUDIT_ACTIONS, AUTH_METHODS } from './record'

const text = (name: string, label: string, description?: string): Field => ({
  name,
  type: 'text',
  label,
  admin: { description },
})

/** The fields that the panel's search matches by their whole value; each of them has an index. */
const SEARCHED = ['actorEmail', 'title', 'subjectId', 'requestId']

/**
 * Who changed what, from where, and the difference. No API writes here, and the database refuses every change to a row.
 * Lists sort by id, which carries the time.
 */
export const AuditLogs: CollectionConfig = {
  slug: 'audit-logs',
  labels: { singular: 'Audit entry', plural: 'Audit log' },
  admin: {
    group: 'Hub',
    useAsTitle: 'title',
    defaultColumns: ['at', 'actorEmail', 'action', 'subject', 'title', 'changes', 'address'],
    listSearchableFields: SEARCHED,
    description:
      'Search by a whole email address, title, document id or request id; filter by everything else.',
    hideAPIURL: true,
    components: { beforeListTable: ['/src/panel/shell/ExportCsv#ExportCsv'] },
  },
  defaultSort: '-id',
  timestamps: false,
  lockDocuments: false,
  disableDuplicate: true,
  disableBulkEdit: true,
  access: { read: adminsOnly, create: nobody, update: nobody, delete: nobody },
  hooks: { beforeOperation: [sortById, exactSearch(SEARCHED)] },
  endpoints: [exportEndpoint],
  fields: [
    {
      type: 'row',
      fields: [
        { name: 'at', type: 'date', admin: { date: { pickerAppearance: 'dayAndTime' } } },
        { name: 'action', type: 'select', options: [...AUDIT_ACTIONS] },
      ],
    },
    {
      type: 'row',
      fields: [
        {
          name: 'actorEmail',
          type: 'text',
          label: 'Who',
          admin: {
            description: 'Empty where nobody was signed in, as at a sign-up, or the hub itself did it.',
            components: { Cell: '/src/panel/fields/ActorCell#ActorCell' },
          },
        },
        { name: 'actor', type: 'relationship', relationTo: 'users', label: 'Their account' },
        { name: 'via', type: 'select', options: [...AUTH_METHODS], label: 'Known by' },
      ],
    },
    {
      type: 'row',
      fields: [text('subject', 'What kind'), text('title', 'Which'), text('subjectId', 'Its id')],
    },
    {
      name: 'changes',
      type: 'json',
      label: 'What changed',
      admin: {
        components: {
          Field: '/src/panel/fields/Changes#Changes',
          Cell: '/src/panel/fields/Changes#ChangesCell',
        },
      },
    },
    text('note', 'Note'),
    {
      type: 'row',
      fields: [
        text('address', 'From address'),
        text('userAgent', 'With'),
        text('requestId', 'Request id'),
        text('apiKeyId', 'API key'),
      ],
    },
  ],
}
