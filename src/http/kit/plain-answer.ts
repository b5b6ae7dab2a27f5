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

/**
 * Where a server that can send an answer as it was made takes it from. To read it back out of a `Response` it had to go
 * through that one's stream, with a timer in between: a millisecond for every answer.
 */
export type DirectReply = { answer: PlainAnswer | undefined }

/** Whether an answer comes piece by piece. */
export const isStreamed = (answer: PlainAnswer): answer is Streamed =>
  typeof answer.body === 'object' && answer.body !== null && 'next' in answer.body

/** Stands for the answer in the tray. One for all: to make one took longer than all else that is done for an answer. */
export const REPLIED_DIRECTLY = new Response(null)

/** A `Response`, or the answer in the tray where there is one. */
export function toResponse(answer: Whole, tray: DirectReply | null): Response {
  if (!tray) return new Response(answer.body, { status: answer.status, headers: answer.headers })
  tray.answer = answer
  return REPLIED_DIRECTLY
}

/** The same for a stream: `body` is made only for a server that has no tray. */
export function toStreamResponse(
  answer: Streamed,
  tray: DirectReply | null,
  body: () => ReadableStream<Uint8Array>,
): Response {
  if (!tray) return new Response(body(), { status: answer.status, headers: answer.headers })
  tray.answer = answer
  return REPLIED_DIRECTLY
}
