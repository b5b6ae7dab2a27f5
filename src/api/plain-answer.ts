/** An answer as it was made, before it became a `Response`. */
export type PlainAnswer = {
  status: number
  headers: Record<string, string>
  body: string | Uint8Array<ArrayBuffer> | null
}

const plainAnswers = new WeakMap<Response, PlainAnswer>()

/**
 * A `Response`, of which `plainAnswerOf` still knows what it was made of. To read it back out of the `Response` the
 * HTTP server has to go through its stream, with a timer in between: a millisecond for every answer.
 */
export function toResponse(answer: PlainAnswer): Response {
  const response = new Response(answer.body, { status: answer.status, headers: answer.headers })
  plainAnswers.set(response, answer)
  return response
}

/** What a response of `toResponse` was made of; undefined for any other, and for a copy of one. */
export function plainAnswerOf(response: Response): PlainAnswer | undefined {
  return plainAnswers.get(response)
}
