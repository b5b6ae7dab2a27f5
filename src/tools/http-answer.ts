import type { Dispatcher } from 'undici'

/** How a request ended. `reason` is for the log and holds nothing of the caller's or the endpoint's text. */
export type HttpAnswer =
  | { ended: 'answered'; status: number; body: Buffer }
  /** No connection, or 502, 503, 504: trying again may help. */
  | { ended: 'unavailable'; reason: string }
  | { ended: 'bad'; reason: string }
  | { ended: 'refused'; reason: string }
  | { ended: 'timeout' }
  | { ended: 'aborted' }

const UNAVAILABLE = new Set([502, 503, 504])
/** Of an answer that nobody reads: so much is drained to keep the connection, beyond that it is closed. */
const DRAIN_BYTES = 64 * 1024

/** Reads an answer of at most `mostBytes`. Throws when the connection breaks. */
export async function readAnswer(response: Dispatcher.ResponseData, mostBytes: number): Promise<HttpAnswer> {
  const { statusCode: status, headers, body } = response
  // Where we close it, the error of that is ours: without a listener it would be one that nobody catches.
  body.on('error', () => undefined)
  if (status < 200 || status >= 300) {
    await body.dump({ limit: DRAIN_BYTES })
    const reason =
      status < 400 && headers.location ? `HTTP ${status}: redirects are not followed` : `HTTP ${status}`
    return { ended: UNAVAILABLE.has(status) ? 'unavailable' : 'bad', reason }
  }
  const encoding = headers['content-encoding'] ?? 'identity'
  if (encoding !== 'identity') {
    body.destroy()
    return { ended: 'bad', reason: 'its answer is compressed, which was not asked for' }
  }
  const bytes = await readBody(body, mostBytes, Number(headers['content-length'] ?? 0))
  return bytes
    ? { ended: 'answered', status, body: bytes }
    : { ended: 'bad', reason: `its answer has over ${mostBytes} bytes` }
}

/** The body, or null (and the connection closed) when it is larger, whatever its Content-Length says. */
async function readBody(
  body: Dispatcher.ResponseData['body'],
  mostBytes: number,
  announced: number,
): Promise<Buffer | null> {
  if (announced > mostBytes) {
    body.destroy()
    return null
  }
  const chunks: Buffer[] = []
  let size = 0
  for await (const chunk of body as AsyncIterable<Buffer>) {
    size += chunk.length
    if (size > mostBytes) {
      body.destroy()
      return null
    }
    chunks.push(chunk)
  }
  return Buffer.concat(chunks)
}
