const FILE = /^\/api\/[^/]+\/file\//i
/** What the panel writes without reading the answer. */
const UNREAD = /^\/api\/payload-(preferences|locked-documents)(\/|$)/i

/**
 * An answer of the generated API that no cache keeps. Files are for those who may see them: their browsers keep them for
 * some minutes, and no cache that others share does. What an endpoint says itself stays.
 */
export function withoutStoring(request: Request, answer: Response): Response {
  if (answer.headers.has('cache-control')) return answer
  const { pathname } = new URL(request.url)
  const isFile = FILE.test(pathname) && (answer.ok || answer.status === 304)
  // Chromium keeps the connection of a `no-store` answer busy until its body is read, and Payload's panel never reads
  // these: six of them would stop the page. A cache keeps no answer to a write without a time to live.
  const isUnread = request.method !== 'GET' && UNREAD.test(pathname)
  const { status, statusText } = answer
  const headers = new Headers(answer.headers)
  headers.set('cache-control', isFile ? 'private, max-age=300' : isUnread ? 'private, no-cache' : 'no-store')
  return new Response(answer.body, { status, statusText, headers })
}
