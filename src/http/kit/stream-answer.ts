import { type ApiContext, answerHeaders } from './envelope'
import { type StreamSource, toStreamResponse } from './plain-answer'

export type { StreamSource } from './plain-answer'

export const HEARTBEAT_MS = 10_000
/** A comment: clients of event streams pass over it, proxies see that the connection lives. */
export const HEARTBEAT = ': keep-alive\n\n'
/** Sent at once, so that the headers leave. */
export const OPENING = ': ok\n\n'

/** One event of a stream, with its name where it has one. Data of several lines has each line behind its field's name. */
export function sse(data: string, event?: string): string {
  const lines = /[\r\n]/.test(data) ? data.replace(/\r\n|\r|\n/g, '\ndata: ') : data
  return event === undefined ? `data: ${lines}\n\n` : `event: ${event}\ndata: ${lines}\n\n`
}

/**
 * Answers an event stream, at once and as it comes, with a heartbeat whenever nothing comes for ten seconds. The
 * request's log line is written at its end.
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

/** How a call's outcome becomes a stream. */
export type Streaming<Outcome> = {
  /** True for an outcome that is answered as no stream, where it is known before one has begun. */
  isPlain: (outcome: Outcome) => boolean
  source: (outcome: Outcome) => StreamSource
  headers: (outcome: Outcome) => Record<string, string>
  /** What a stream that has begun says of an error. */
  failed: (error: unknown) => StreamSource
}

/**
 * The outcome where it is answered as no stream; else the stream. A call may take its time: a client that hears
 * nothing for long would give up, so its stream begins before it is known how it goes.
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

/** A source of texts that are there already. */
export function texts(left: string[]): StreamSource {
  return { next: async () => left.shift(), leave: () => undefined }
}

/** What comes next, or a heartbeat when nothing does for a while. */
async function orHeartbeat<Value>(next: Promise<Value>): Promise<Value | typeof HEARTBEAT> {
  let timer: NodeJS.Timeout | undefined
  const beat = new Promise<typeof HEARTBEAT>((resolve) => {
    timer = setTimeout(() => resolve(HEARTBEAT), HEARTBEAT_MS)
  })
  return Promise.race([next, beat]).finally(() => clearTimeout(timer))
}
