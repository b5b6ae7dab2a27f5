import { csvExport } from '../audit/csv-export'

/** What the list shows, all pages of it. */
export const exportEndpoint = csvExport('usage-logs', 'Usage log', [
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
