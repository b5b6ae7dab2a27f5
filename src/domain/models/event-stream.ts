import { EventParser } from '../../platform/outbound/event-parser'
import { badResponse, unavailable } from '../tools/adapters/adapter'
import { StreamBroken } from './adapter'

/** A stream may have so many bytes, most of them around its text; an endless one is cut there. */
export const MOST_STREAM_BYTES = 64 * 1024 * 1024
/** Once a stream said that it ends, its usage may still follow. */
const WAIT_FOR_USAGE_MS = 2_000
/** With the usage known, only the end of the connection is missing; a server that closes it can be asked again. */
const WAIT_FOR_CLOSE_MS = 250

/** Whether a choice says why it finished: some servers send an empty text, or the word null, until they do. */
export const isReason = (reason: unknown): reason is string =>
  typeof reason === 'string' && !['', 'null'].includes(reason.trim())

/**
 * Whether a stream said that its answer is whole. From then on nothing that its connection does can break it: silence,
 * pings or a reset only end the reading.
 */
export class StreamEnd {
  #waitMs: number | null = null

  get wasSeen(): boolean {
    return this.#waitMs !== null
  }

  /** Notes that the answer is whole, and whether its usage is known by now. */
  note(hasUsage: boolean): void {
    this.#waitMs = Math.min(
      this.#waitMs ?? WAIT_FOR_USAGE_MS,
      hasUsage ? WAIT_FOR_CLOSE_MS : WAIT_FOR_USAGE_MS,
    )
  }

  /**
   * What `next` gives, or undefined once all waits together took too long. Only waiting counts: what has come already is
   * read, however slow its reader is.
   */
  async wait<Value>(next: Promise<Value>): Promise<Value | undefined> {
    const startedAt = performance.now()
    let timer: NodeJS.Timeout | undefined
    const late = new Promise<undefined>((resolve) => {
      // A turn more, so that what came while the process was busy is read first.
      timer = setTimeout(() => setImmediate(resolve, undefined), this.#waitMs ?? 0)
    })
    const found = await Promise.race([next.catch(() => undefined), late]).finally(() => clearTimeout(timer))
    this.#waitMs = Math.max(0, (this.#waitMs ?? 0) - (performance.now() - startedAt))
    return found
  }
}

/**
 * The data of each server-sent event of a body, as it comes; empty ones (a keep-alive of some servers) are left out. A
 * last event without its blank line counts where it is whole. Throws `StreamBroken` for a body that has more than
 * `mostBytes`, and whatever the body throws when its connection breaks before `end` was seen.
 */
export async function* readEvents(
  body: AsyncIterable<Uint8Array>,
  end = new StreamEnd(),
  mostBytes = MOST_STREAM_BYTES,
): AsyncGenerator<string> {
  const chunks = body[Symbol.asyncIterator]()
  const parser = new EventParser()
  const decoder = new TextDecoder()
  let size = 0
  for (;;) {
    // The end can only be seen in what has come: before it, no time is kept.
    const next = end.wasSeen ? await end.wait(chunks.next()) : await chunks.next()
    if (!next || next.done) break
    const { value } = next
    size += value.length
    if (size > mostBytes) throw new StreamBroken(badResponse(`its answer has over ${mostBytes} bytes`))
    for (const data of parser.feed(decoder.decode(value, { stream: true })))
      if (data.trim() !== '') yield data
  }
  const last = parser.end(decoder.decode())
  if (last !== null && isWhole(last)) yield last
}

/** A connection that was cut within an event leaves half of its JSON. */
function isWhole(data: string): boolean {
  if (data.trim() === '[DONE]') return true
  try {
    return typeof JSON.parse(data) === 'object'
  } catch {
    return false
  }
}

/** The stream's connection ended before the stream was complete. */
export function cutOff(reason: string): StreamBroken {
  return new StreamBroken(unavailable(`the stream was cut: ${reason}`, 'down'))
}
