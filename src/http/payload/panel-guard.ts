import type { IncomingMessage, ServerResponse } from 'node:http'
import type { SanitizedConfig } from 'payload'
import { requireOwnCookies } from '../../domain/accounts/payload/origin'
import { Problem } from '../../platform/kernel/problem'

/** What decides who is asking, and where from. */
const READ = [
  'authorization',
  'cookie',
  'origin',
  'referer',
  'sec-fetch-dest',
  'sec-fetch-mode',
  'sec-fetch-site',
]

/**
 * Refuses a request to the panel that another site's page made with the visitor's cookies: true when it answered. A
 * link into the panel works from anywhere.
 */
export function refuseForeignPage(
  req: IncomingMessage,
  res: ServerResponse,
  config: SanitizedConfig,
): boolean {
  if (!req.headers.cookie || req.url?.startsWith('/_next/')) return false
  const headers = new Headers()
  for (const name of READ) if (req.headers[name]) headers.set(name, String(req.headers[name]))
  try {
    requireOwnCookies({ headers, method: req.method }, config)
    return false
  } catch (error) {
    if (!(error instanceof Problem)) throw error
    res.writeHead(error.status, { 'Content-Type': 'text/plain; charset=utf-8' }).end(`${error.message}\n`)
    return true
  }
}
