/** The source of a stream's text. `next` returns undefined at the end; `leave` is called when the client disconnects. */
export type StreamSource = { next: () => Promise<string | undefined>; leave: () => void }

/** The parts of a response, before it becomes a `Response` object. */
export type PlainAnswer = {
  status: number
  headers: Record<string, string>
  body: string | Uint8Array<ArrayBuffer> | StreamSource | null
}

type Whole = PlainAnswer & { body: string | Uint8Array<ArrayBuffer> | null }
type Streamed = PlainAnswer & { body: StreamSource }

/**
 * Passes the parts of a response directly to a server that can send them. Reading them from a `Response` would need its stream
 * and a timer, which took a millisecond per response.
 */
export type DirectReply = { answer: PlainAnswer | undefined }

/** Whether a response is streamed. */
export const isStreamed = (answer: PlainAnswer): answer is Streamed =>
  typeof answer.body === 'object' && answer.body !== null && 'next' in answer.body

/** The placeholder for a direct reply. It is shared, because creating a `Response` took longer than all other steps. */
export const REPLIED_DIRECTLY = new Response(null)

/** A `Response`, or a direct reply if the server supports it. */
export function toResponse(answer: Whole, tray: DirectReply | null): Response {
  if (!tray) return new Response(answer.body, { status: answer.status, headers: answer.headers })
  tray.answer = answer
  return REPLIED_DIRECTLY
}

/** The same for a stream. `body` is created only for a server without direct replies. */
export function toStreamResponse(
  answer: Streamed,
  tray: DirectReply | null,
  body: () => ReadableStream<Uint8Array>,
): Response {
  if (!tray) return new Response(body(), { status: answer.status, headers: answer.headers })
  tray.answer = answer
  return REPLIED_DIRECTLY
}
