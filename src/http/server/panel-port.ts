import type { IncomingMessage, ServerResponse } from 'node:http'
import type { Duplex } from 'node:stream'

/** What the server needs of the panel. */
export type Panel = {
  dev: boolean
  handle: (req: IncomingMessage, res: ServerResponse) => Promise<void>
  /** A WebSocket of live reload. */
  upgrade: (req: IncomingMessage, socket: Duplex, head: Buffer) => void
  close: () => Promise<void>
}
