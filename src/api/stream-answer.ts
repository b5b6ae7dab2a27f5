import { type ApiContext, answerHeaders } from './envelope'

const HEARTBEAT_MS = 10_000
/** A comment: clients of event streams pass over it, proxies see that the connection lives. */
const HEARTBEAT = ': keep-alive\n\n'

/** One event of a stream, with its name where it has one. */
export function sse(data: string, event?: string): string {
  return event === undefined ? `data: ${data}\n\n` : `event: ${event}\ndata: ${data}\n\n`
}

/** Where a stream's text comes from. `next` answers undefined at its end; `leave` is told when the client has gone. */
export type StreamSource = { next: () => Promise<string | undefined>; leave: () => void }

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
  return new Response(
    bodyOf(source, () => c.env.endStream?.()),
    { status: 200, headers: all },
  )
}

function bodyOf(source: StreamSource, onEnd: () => void): ReadableStream<Uint8Array> {
  const encoder = new TextEncoder()
  let pending: Promise<string | undefined> | null = null
  const end = () => {
    source.leave()
    onEnd()
  }
  return new ReadableStream<Uint8Array>(
    {
      start: (controller) => controller.enqueue(encoder.encode(': ok\n\n')),
      pull: async (controller) => {
        pending ??= source.next()
        const text = await orHeartbeat(pending)
        if (text !== HEARTBEAT) pending = null
        if (text !== undefined) return controller.enqueue(encoder.encode(text))
        controller.close()
        end()
      },
      cancel: end,
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
