import type { ServerResponse } from 'node:http'
import { isStreamed, type PlainAnswer, type StreamSource } from '../kit/plain-answer'
import { HEARTBEAT, HEARTBEAT_MS, OPENING } from '../kit/stream-answer'

/** Tells the listener that there is nothing left to send. */
const SENT = new Response(null, { headers: { 'x-hono-already-sent': 'true' } })

/** Sends a response of the versioned API without creating a `Response`. Returns the marker for the listener. */
export function sendPlain(plain: PlainAnswer, outgoing: ServerResponse): Response {
  const { status, headers, body } = plain
  if (isStreamed(plain)) void sendStream(plain.body, status, headers, outgoing)
  else if (!outgoing.destroyed) {
    const whole = body as string | Uint8Array | null
    if (whole === null) outgoing.writeHead(status, headers).end()
    else outgoing.writeHead(status, { 'content-length': Buffer.byteLength(whole), ...headers }).end(whole)
  }
  return SENT
}

/** Writes pieces as they arrive, no faster than the client reads, and heartbeats during pauses. */
async function sendStream(
  source: StreamSource,
  status: number,
  headers: Record<string, string>,
  outgoing: ServerResponse,
): Promise<void> {
  if (outgoing.destroyed) return source.leave()
  outgoing.once('close', () => source.leave())
  outgoing.writeHead(status, headers).write(OPENING)
  const heartbeat = setInterval(() => outgoing.write(HEARTBEAT), HEARTBEAT_MS)
  try {
    for (let text = await source.next(); text !== undefined; text = await source.next()) {
      heartbeat.refresh()
      if (!outgoing.write(text) && !outgoing.destroyed) await drained(outgoing)
    }
    outgoing.end()
  } catch {
    // Without a proper end the client sees that the stream broke.
    outgoing.destroy()
  } finally {
    clearInterval(heartbeat)
    source.leave()
  }
}

/** Resolves when the client has read, or has gone. */
function drained(outgoing: ServerResponse): Promise<void> {
  return new Promise((resolve) => {
    const go = () => {
      outgoing.off('drain', go)
      outgoing.off('close', go)
      resolve()
    }
    outgoing.on('drain', go)
    outgoing.on('close', go)
  })
}
