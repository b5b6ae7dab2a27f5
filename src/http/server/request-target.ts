import type { IncomingMessage } from 'node:http'

const METHODS = new Set(['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS'])

/** A request's path, or why it is refused before anything looks at it. */
export type Target = { path: string } | { status: 400 | 405; message: string }

/**
 * The path that every interface uses. Rejects paths that normalise to a different path (dot segments, an encoded
 * letter, a backslash) is refused, so that no spelling of `/api` can pass by the guards that stand before it.
 */
export function readTarget(req: IncomingMessage): Target {
  if (!METHODS.has(req.method ?? '')) return { status: 405, message: 'This method is not served' }
  const path = (req.url ?? '').split(/[?#]/, 1)[0] ?? ''
  if (!path.startsWith('/') || path.startsWith('//')) return refused('The address must be a path')
  if (!isHost(req.headers.host)) return refused('The Host header names no host')
  // These endpoints read the rest of their paths themselves, and pass nothing on.
  if (/^\/(api|v1|mcp|health|ready)(\/|$)/.test(path)) return { path }
  const decoded = decode(path)
  if (decoded === null) return refused('The address has a % that is followed by no code: write it as %25')
  if (new URL(path, 'http://hub').pathname !== path || /(^|\/)\.{1,2}(\/|$)|[\\\0]/.test(decoded)) {
    return refused('The address has dot segments, backslashes or NUL characters')
  }
  if (decoded.split('/')[1] !== path.split('/')[1])
    return refused('The address is spelled in codes: write it plainly')
  return { path }
}

const refused = (message: string): Target => ({ status: 400, message })

/** HTTP/1.0 needs no Host; where there is one it must be one. */
function isHost(host: string | undefined): boolean {
  if (host === undefined || host === '') return true
  return /^[A-Za-z0-9.\-_[\]:]+$/.test(host) && URL.canParse(`http://${host}`)
}

function decode(path: string): string | null {
  try {
    return decodeURIComponent(path)
  } catch {
    return null
  }
}
