import { v7 as newId } from 'uuid'

/**
 * Every path that is for admins alone, beside the documents of the generated API (table.ts has those, settings.test.ts
 * the settings). What an admin sends there is made so that it passes the door and changes nothing: an unknown id, an
 * empty body. A path that is neither here nor in `FOR_OTHERS` fails the test.
 */
export const FOR_ADMINS = [
  // The versioned API.
  'GET /api/v1/admin/users',
  'GET /api/v1/admin/users/:id/grants',
  'POST /api/v1/admin/users/:id/grants',
  'POST /api/v1/admin/users/:id/grants/:id/take-back',
  'POST /api/v1/admin/tools',
  'PATCH /api/v1/admin/tools/:id',
  'DELETE /api/v1/admin/tools/:id',
  'POST /api/v1/admin/tools/:id/try',
  'POST /api/v1/admin/tools/:id/accept-change',
  'POST /api/v1/admin/mcp/tools',
  'POST /api/v1/admin/mcp/import',
  'POST /api/v1/admin/mcp/check',
  'GET /api/v1/admin/usage/stats',
  'GET /api/v1/admin/usage/last-day',
  'POST /api/v1/admin/usage/:id/corrections',
  'GET /api/v1/admin/usage/:id/corrections',
  'POST /api/v1/admin/ledger/check',
  'GET /api/v1/admin/ledger/check',
  // What views of the panel ask for.
  'POST /api/panel/users/:id/actions',
  'POST /api/panel/usage/:id/corrections',
  'POST /api/panel/ledger/check',
  'POST /api/panel/plans/:id/what-if',
  'POST /api/tools/:id/try',
  'POST /api/tools/:id/mcp-accept',
  'POST /api/tools/mcp-list',
  'POST /api/tools/mcp-import',
  'GET /api/audit-logs/export',
  'GET /api/usage-logs/export',
] as const

/** Paths that others may ask as well, or that answer nobody; each has tests of its own. */
export const FOR_OTHERS = [
  /^(GET|POST) \/(health|ready|mcp|v1\/[a-z/]+(:id)?)$/,
  /^(GET|POST|PATCH|DELETE) \/api\/v1\/(auth|users\/me|tools|models|usage|subscriptions|health|ready|openapi|docs)\b/,
  /^(GET|POST|PUT|PATCH|DELETE|HEAD|OPTIONS) \/api\/v1(\/:path\*)?$/,
  /^GET \/api\/access$/,
  /^(GET|POST) \/api\/users\/(init|me|first-register|forgot-password|login|logout|refresh-token|reset-password|unlock|verify\/:id)$/,
  /^GET \/api\/media\/(file\/:filename|paste-url\/:id\?)$/,
  /^(GET|POST|DELETE) \/api\/payload-preferences\/:key$/,
  // The documents of a collection, their versions and copies: table.test.ts, surface.test.ts, drafts.test.ts.
  /^(GET|POST|PATCH|DELETE) \/api\/[a-z-]+\/(:id|count|versions|versions\/:id|access\/:id\?|:id\/duplicate)?$/,
]

/** The document that they name is nowhere. */
export const addressOf = (action: string) => {
  const [method = '', path = ''] = action.split(' ')
  return { method, path: path.replaceAll(':id', () => newId()) }
}
