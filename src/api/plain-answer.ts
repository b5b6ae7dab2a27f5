/** Where a stream's text comes from. `next` answers undefined at its end; `leave` is told when the client has gone. */
export type StreamSource = { next: () => Promise<string | undefined>; leave: () => void }

/** An answer as it was made, before it became a `Response`. */
export type PlainAnswer = {
  status: number
  headers: Record<string, string>
  body: string | Uint8Array<ArrayBuffer> | StreamSource | null
}

type Whole = PlainAnswer & { body: string | Uint8Array<ArrayBuffer> | null }
type Streamed = PlainAnswer & { body: StreamSource }

/** Whether an answer comes piece by piece. */
export const isStreamed = (answer: PlainAnswer): answer is Streamed =>
  typeof answer.body === 'object' && answer.body !== null && 'next' in answer.body

const plainAnswers = new WeakMap<Response, PlainAnswer>()

/**
 * A `Response`, of which `plainAnswerOf` still knows what it was made of. To read it back out of the `Response` the
 * HTTP server has to go through its stream, with a timer in between: a millisecond for every answer. For a server that
 * `readsPlain` it is an empty one, as filling it takes longer than all else that is done for an answer.
 */
export function toResponse(answer: Whole, readsPlain: boolean): Response {
  const { status, headers, body } = answer
  const response = readsPlain ? new Response(null) : new Response(body, { status, headers })
  plainAnswers.set(response, answer)
  return response
}

/** The same for a stream: `body` is made only for a server that reads no plain answers. */
export function toStreamResponse(
  answer: Streamed,
  readsPlain: boolean,
  body: () => ReadableStream<Uint8Array>,
): Response {
  const { status, headers } = answer
  const response = readsPlain ? new Response(null) : new Response(body(), { status, headers })
  plainAnswers.set(response, answer)
  return response
}

/** What a response of `toResponse` was made of; undefined for any other, and for a copy of one. */
export function plainAnswerOf(response: Response): PlainAnswer | undefined {
  return plainAnswers.get(response)
}
