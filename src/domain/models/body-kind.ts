/** A body whose first bytes were looked at: JSON or the text of an event stream, whatever its media type says. */
export type OpenedBody = { isJson: boolean; body: AsyncIterable<Uint8Array> }

/**
 * Looks at the first character of a body. Servers send JSON where a stream was asked for, and the other way round, and
 * spell media types as they like; no line of an event stream begins with a bracket.
 */
export async function openBody(body: AsyncIterable<Uint8Array>): Promise<OpenedBody> {
  const chunks = body[Symbol.asyncIterator]()
  const read: Uint8Array[] = []
  for (;;) {
    const { done, value } = await chunks.next()
    if (done) return { isJson: false, body: following(read, null) }
    read.push(value)
    const first = firstCharacter(value)
    if (first !== undefined) return { isJson: isBracket(first), body: following(read, chunks) }
    if (read.length > 1_000) return { isJson: false, body: following(read, chunks) }
  }
}

const isBracket = (byte: number) => byte === 0x7b || byte === 0x5b

/** The first byte that is neither blank nor of a byte order mark. */
function firstCharacter(chunk: Uint8Array): number | undefined {
  return chunk.find((byte) => byte > 0x20 && byte !== 0xef && byte !== 0xbb && byte !== 0xbf)
}

/** No generator: one more for each chunk would be felt by streams that run by the hundred. */
function following(read: Uint8Array[], rest: AsyncIterator<Uint8Array> | null): AsyncIterable<Uint8Array> {
  const next = async (): Promise<IteratorResult<Uint8Array>> => {
    const value = read.shift()
    if (value) return { done: false, value }
    return rest ? rest.next() : { done: true, value: undefined }
  }
  return { [Symbol.asyncIterator]: () => ({ next }) }
}
