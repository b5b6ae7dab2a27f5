const FILE = /^\/api\/[^/]+\/file\//i

/**
 * An answer of the generated API that no cache keeps. Files are for those who may see them: their browsers keep them for
 * some minutes, and no cache that others share does. What an endpoint says itself stays.
 */
export function withoutStoring(request: Request, answer: Response): Response {
  if (answer.headers.has('cache-control')) return answer
  const isFile = FILE.test(new URL(request.url).pathname) && (answer.ok || answer.status === 304)
  const { status, statusText } = answer
  const headers = new Headers(answer.headers)
  headers.set('cache-control', isFile ? 'private, max-age=300' : 'no-store')
  return new Response(answer.body, { status, statusText, headers })
}
