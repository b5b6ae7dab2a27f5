import { EventParser } from '../../platform/outbound/event-parser'
import { badResponse, unavailable } from '../tools/adapters/adapter'
import { StreamBroken } from './adapter'

/** The maximum bytes of a stream, most of which are not text. An endless stream is cut here. */
export const MOST_STREAM_BYTES = 64 * 1024 * 1024
/** The usage may still follow after the event that ends the answer. */
const WAIT_FOR_USAGE_MS = 2_000
/** Once the usage is known, only the end of the body is missing. If it arrives in time, the connection can be reused. */
const WAIT_FOR_CLOSE_MS = 250

/** Whether a choice has a finish reason: before that, some servers send an empty string or the word null. */
export const isReason = (reason: unknown): reason is string =>
  typeof reason === 'string' && !['', 'null'].includes(reason.trim())

/**
 * Whether a stream reported that its answer is complete. After that no connection error can break it: silence, pings or
 * a reset only end the reading.
 */
export class StreamEnd {
  #waitMs: number | null = null

  get wasSeen(): boolean {
    return this.#waitMs !== null
  }

  /** Notes that the answer is complete, and whether its usage is known. */
  note(hasUsage: boolean): void {
    this.#waitMs = Math.min(
      this.#waitMs ?? WAIT_FOR_USAGE_MS,
      hasUsage ? WAIT_FOR_CLOSE_MS : WAIT_FOR_USAGE_MS,
    )
  }

  /**
   * The value of `next`, or undefined once all waits together took too long. Only waiting counts: data that has arrived
   * is read, however slow its reader is.
   */
  async wait<Value>(next: Promise<Value>): Promise<Value | undefined> {
    const startedAt = performance.now()
    let timer: NodeJS.Timeout | undefined
    const late = new Promise<undefined>((resolve) => {
      // One more turn of the event loop, to read first what arrived while the process was busy.
      timer = setTimeout(() => setImmediate(resolve, undefined), this.#waitMs ?? 0)
    })
    const found = await Promise.race([next.catch(() => undefined), late]).finally(() => clearTimeout(timer))
    this.#waitMs = Math.max(0, (this.#waitMs ?? 0) - (performance.now() - startedAt))
    return found
  }
}

/**
 * The data of each server-sent event of a body, as it arrives. Empty events (some servers' keep-alive) are left out. A
 * last event without its blank line counts if its JSON is complete. Throws `StreamBroken` for a body with more than
 * `mostBytes`, and the body's own error if its connection breaks before `end` was seen.
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
    // Only received data can show the end. Before it, there is no time limit.
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

/** A connection that breaks within an event leaves incomplete JSON. */
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
