import type { Sql } from '../../platform/database/sql'
import { csvExport, type Row } from '../audit/csv-export'

const COLUMNS = [
  'id',
  'createdAt',
  'user',
  'user_email',
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
  'cache_write_5m_tokens',
  'cache_write_1h_tokens',
  'durationMs',
  'firstTokenMs',
  'errorCode',
  'requestId',
  'periodStart',
  'settledAt',
]

/** The same rows as the list, all pages of it, with the user of each call. */
export const exportEndpoint = csvExport('usage-logs', 'Usage log', COLUMNS, withEmails)

/** Adds the user's current email address to each row, or none if the user was deleted. One statement for all rows. */
export async function withEmails(sql: Sql, rows: Row[]): Promise<Row[]> {
  const ids = [...new Set(rows.map(({ user }) => user))]
  const { rows: users } = await sql.query<{ id: string; email: string }>(
    'select id, email from users where id = any ($1)',
    [ids],
  )
  const emails = new Map(users.map(({ id, email }) => [id, email]))
  return rows.map((row) => ({ ...row, user_email: emails.get(String(row.user)) }))
}
