import type { CollectionConfig } from 'payload'
import { exactSearch } from '../../platform/payload/exact-search'
import { LOG_COLLECTION, textField, timeField } from '../../platform/payload/log-collection'
import { sortById } from '../../platform/payload/sort-by-id'
import { exportEndpoint } from './export'
import { AUDIT_ACTIONS, AUTH_METHODS } from './record'

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
  ...LOG_COLLECTION,
  hooks: { beforeOperation: [sortById, exactSearch(SEARCHED)] },
  endpoints: [exportEndpoint],
  fields: [
    {
      type: 'row',
      fields: [timeField('at'), { name: 'action', type: 'select', options: [...AUDIT_ACTIONS] }],
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
      fields: [
        textField('subject', 'What kind'),
        textField('title', 'Which'),
        textField('subjectId', 'Its id'),
      ],
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
    textField('note', 'Note'),
    {
      type: 'row',
      fields: [
        textField('address', 'From address'),
        textField('userAgent', 'With'),
        textField('requestId', 'Request id'),
        textField('apiKeyId', 'API key'),
      ],
    },
  ],
}
