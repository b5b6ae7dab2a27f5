import { createParser } from 'eventsource-parser'
import { badResponse, unavailable } from '../tools/adapters/adapter'
import { StreamBroken } from './adapter'

/** A stream may have so many bytes, most of them around its text; an endless one is cut there. */
export const MOST_STREAM_BYTES = 64 * 1024 * 1024

/**
 * The data of each server-sent event of a body, as it comes. Throws `StreamBroken` for a body that has more than
 * `mostBytes`, and whatever the body throws when its connection breaks.
 */
export async function* readEvents(
  body: AsyncIterable<Uint8Array>,
  mostBytes = MOST_STREAM_BYTES,
): AsyncGenerator<string> {
  const found: string[] = []
  const parser = createParser({ onEvent: ({ data }) => found.push(data) })
  const decoder = new TextDecoder()
  let size = 0
  for await (const chunk of body) {
    size += chunk.length
    if (size > mostBytes) throw new StreamBroken(badResponse(`its answer has over ${mostBytes} bytes`))
    parser.feed(decoder.decode(chunk, { stream: true }))
    if (found.length > 0) yield* found.splice(0)
  }
}

/** The stream's connection ended before the stream was complete. */
export function cutOff(reason: string): StreamBroken {
  return new StreamBroken(unavailable(`the stream was cut: ${reason}`, 'down'))
}
