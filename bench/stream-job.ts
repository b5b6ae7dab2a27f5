/** What the load generator for streams is asked to do. */
export type StreamJob = {
  url: string
  path: string
  model: string
  keys: string[]
  /** Streams at once, and how many each caller reads after another. */
  streams: number
  each: number
  /** Each stream begins a random part of this later, so that they do not all begin in the same instant. */
  spreadMs: number
}

export type StreamOutcome = {
  /** Streams that were read to their end. */
  whole: number
  errors: string[]
  pieces: number
  /** Milliseconds until the first piece. */
  firstP50: number
  firstP95: number
  /** The longest wait between two pieces of any stream, in milliseconds. */
  longestGap: number
}
