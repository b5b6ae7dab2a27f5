import { csvExport } from './csv-export'

/** The rows of a filtered list as CSV, newest first. */
export const exportEndpoint = csvExport('audit-logs', 'Audit log', [
  'id',
  'at',
  'action',
  'actorEmail',
  'actor',
  'via',
  'apiKeyId',
  'subject',
  'subjectId',
  'title',
  'note',
  'changes',
  'address',
  'userAgent',
  'requestId',
])
