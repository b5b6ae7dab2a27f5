import { type IncomingMessage, type Server, ServerResponse } from 'node:http'
import type { Duplex } from 'node:stream'
import { v7 as uuidv7 } from 'uuid'
import type { Panel } from './panel-port'

/** True for a request that wants to become a WebSocket. Every other `Upgrade` may be ignored, and is. */
export function asksForWebSocket({ headers }: IncomingMessage): boolean {
  return tokens(headers.connection).includes('upgrade') && tokens(headers.upgrade).includes('websocket')
}

const tokens = (text = ''): string[] =>
  text
    .toLowerCase()
    .split(',')
    .map((one) => one.trim().split('/')[0] ?? '')

/** Answers 426: nothing here speaks WebSocket. */
export function refuseWebSocket(res: ServerResponse): void {
  const request_id = uuidv7()
  const message = 'No WebSocket is served here: send a plain HTTP/1.1 request'
  const error = { code: 'UPGRADE_REQUIRED', message, details: [] }
  const headers = {
    'Content-Type': 'application/json; charset=utf-8',
    'Cache-Control': 'no-store',
    'X-Request-ID': request_id,
    Upgrade: 'HTTP/1.1',
    Connection: 'close',
  }
  res.writeHead(426, headers).end(JSON.stringify({ data: null, error, meta: { request_id } }))
}

/**
 * For development alone: lets the panel's live reload have its WebSocket. A server that listens for upgrades is given
 * every request with `Upgrade`, so all others are answered as requests. In production nothing listens, and Node
 * ignores the header.
 */
export function forwardLiveReload(server: Server, panel: Panel): void {
  server.on('upgrade', (req: IncomingMessage, socket: Duplex, head: Buffer) => {
    const isLiveReload = asksForWebSocket(req) && req.url?.startsWith('/_next/')
    if (isLiveReload) return panel.upgrade(req, socket, head)
    const res = new ServerResponse(req)
    res.shouldKeepAlive = false
    res.assignSocket(socket as never)
    res.once('finish', () => socket.end())
    server.emit('request', req, res)
  })
}
