/** How a request ended. `reason` is for the log and holds nothing of the caller's or the endpoint's text. */
export type HttpAnswer =
  | { ended: 'answered'; status: number; body: Buffer }
  /** No connection, or 502, 503, 504: trying again may help. */
  | { ended: 'unavailable'; reason: string }
  | { ended: 'bad'; reason: string }
  | { ended: 'refused'; reason: string }
  | { ended: 'timeout' }
  | { ended: 'aborted' }
