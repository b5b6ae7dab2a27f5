import { type ApiContext, answerHeaders } from './envelope'
import { type StreamSource, toStreamResponse } from './plain-answer'

export type { StreamSource } from './plain-answer'

export const HEARTBEAT_MS = 10_000
/** A comment: clients of event streams ignore it, and proxies see that the connection is alive. */
export const HEARTBEAT = ': keep-alive\n\n'
/** Sent at once, because the headers leave with the first data. */
export const OPENING = ': ok\n\n'

/** One event of a stream, with its name if it has one. Each line of the data gets its own `data:` field. */
export function sse(data: string, event?: string): string {
  const lines = /[\r\n]/.test(data) ? data.replace(/\r\n|\r|\n/g, '\ndata: ') : data
  return event === undefined ? `data: ${lines}\n\n` : `event: ${event}\ndata: ${lines}\n\n`
}

/**
 * Responds at once with an event stream, and sends a heartbeat after ten seconds without data. The request's log line is
 * written at the end of the stream.
 */
export function respondStream(
  c: ApiContext,
  source: StreamSource,
  headers: Record<string, string> = {},
): Response {
  c.env.status = 200
  c.env.streaming = new Promise((resolve) => {
    c.env.endStream = resolve
  })
  const all = answerHeaders(c, { 'content-type': 'text/event-stream; charset=utf-8', ...headers })
  const watched = { next: source.next, leave: () => leave(c, source) }
  const answer = { status: 200, headers: all, body: watched }
  return toStreamResponse(answer, c.env.tray, () => bodyOf(watched))
}

/** Called once or twice: at the end of the text, and when the connection closes. */
function leave(c: ApiContext, source: StreamSource): void {
  source.leave()
  c.env.endStream?.()
}

function bodyOf(source: StreamSource): ReadableStream<Uint8Array> {
  const encoder = new TextEncoder()
  let pending: Promise<string | undefined> | null = null
  return new ReadableStream<Uint8Array>(
    {
      start: (controller) => controller.enqueue(encoder.encode(OPENING)),
      pull: async (controller) => {
        pending ??= source.next()
        const text = await orHeartbeat(pending)
        if (text !== HEARTBEAT) pending = null
        if (text !== undefined) return controller.enqueue(encoder.encode(text))
        controller.close()
        source.leave()
      },
      cancel: () => source.leave(),
    },
    { highWaterMark: 1 },
  )
}

/** How to turn a call's outcome into a stream. */
export type Streaming<Outcome> = {
  /** True for an outcome that is sent without a stream, if it is known before a stream has begun. */
  isPlain: (outcome: Outcome) => boolean
  source: (outcome: Outcome) => StreamSource
  headers: (outcome: Outcome) => Record<string, string>
  /** The events for an error after the stream has begun. */
  failed: (error: unknown) => StreamSource
}

/**
 * The outcome if it is sent without a stream; otherwise the stream. A call may take long, and a client that receives nothing
 * would give up, so the stream begins before the outcome is known.
 */
export async function streamOutcome<Outcome extends object>(
  c: ApiContext,
  running: Promise<Outcome>,
  streaming: Streaming<Outcome>,
): Promise<Outcome | Response> {
  const first = await orHeartbeat(running)
  if (typeof first === 'string') return respondStream(c, lateSource(running, streaming))
  if (streaming.isPlain(first)) return first
  return respondStream(c, streaming.source(first), streaming.headers(first))
}

function lateSource<Outcome>(running: Promise<Outcome>, streaming: Streaming<Outcome>): StreamSource {
  let source: StreamSource | null = null
  let left = false
  const known = running.then(streaming.source).catch(streaming.failed)
  void known.then((found) => {
    source = found
    if (left) found.leave()
  })
  return {
    next: async () => (await known).next(),
    leave: () => {
      left = true
      source?.leave()
    },
  }
}

/** A source of given texts. */
export function texts(left: string[]): StreamSource {
  return { next: async () => left.shift(), leave: () => undefined }
}

/** The next value, or a heartbeat if none arrives for a while. */
async function orHeartbeat<Value>(next: Promise<Value>): Promise<Value | typeof HEARTBEAT> {
  let timer: NodeJS.Timeout | undefined
  const beat = new Promise<typeof HEARTBEAT>((resolve) => {
    timer = setTimeout(() => resolve(HEARTBEAT), HEARTBEAT_MS)
  })
  return Promise.race([next, beat]).finally(() => clearTimeout(timer))
}
