import { createServer } from 'node:http'
import next from 'next'
import { markHubServerRunning } from '../http/server/hub-server-running'
import type { Panel } from '../http/server/panel-port'

/** Next, for the admin panel alone. `dev` compiles on demand and reloads live. */
export async function startPanel(settings: {
  dir: string
  dev: boolean
  host: string
  port: number
}): Promise<Panel> {
  // Next listens for upgrades on the server that it is given. Given none, it takes the hub's own, in production too,
  // and answers every request with `Upgrade` by nothing.
  const upgrades = createServer()
  const app = next({
    dev: settings.dev,
    dir: settings.dir,
    hostname: settings.host,
    port: settings.port,
    httpServer: upgrades,
  })
  markHubServerRunning()
  await app.prepare()
  const handle = app.getRequestHandler()
  return {
    dev: settings.dev,
    handle: (req, res) => handle(req, res),
    upgrade: (req, socket, head) => {
      if (!upgrades.emit('upgrade', req, socket, head)) socket.destroy()
    },
    close: () => app.close(),
  }
}
