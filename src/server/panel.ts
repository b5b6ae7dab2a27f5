import type { IncomingMessage, Server, ServerResponse } from 'node:http'
import next from 'next'
import { standBeforeNext } from './next-door'

export type Panel = {
  handle: (req: IncomingMessage, res: ServerResponse) => Promise<void>
  close: () => Promise<void>
}

/** Next, for the admin panel alone. `dev` compiles on demand and reloads live. */
export async function startPanel(settings: {
  dir: string
  dev: boolean
  host: string
  port: number
  httpServer?: Server
}): Promise<Panel> {
  const app = next({
    dev: settings.dev,
    dir: settings.dir,
    hostname: settings.host,
    port: settings.port,
    ...(settings.httpServer ? { httpServer: settings.httpServer } : {}),
  })
  standBeforeNext()
  await app.prepare()
  const handle = app.getRequestHandler()
  return { handle: (req, res) => handle(req, res), close: () => app.close() }
}
