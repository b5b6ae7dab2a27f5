import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'

export type Received = { path: string; headers: IncomingMessage['headers']; text: string; body: unknown }
export type Script = (response: ServerResponse, received: Received) => void | Promise<void>

/** A server of the attack's own whose responses are given by name: what is sent to `/<name>/…` runs that script. */
export type Scripted = {
  url: string
  /** Sets how `/<name>` responds, and returns its address. */
  on: (name: string, script: Script) => string
  /** Everything that was sent to it, the newest last. */
  received: Received[]
  close: () => Promise<void>
}

export async function startScripted(): Promise<Scripted> {
  const scripts = new Map<string, Script>()
  const received: Received[] = []
  const server = createServer((request, response) => {
    void (async () => {
      const text = await readText(request)
      const one = { path: request.url ?? '', headers: request.headers, text, body: parsed(text) }
      received.push(one)
      const script = scripts.get(one.path.split('/')[1] ?? '')
      if (script) await script(response, one)
      else sendJson(response, { ok: true })
    })().catch(() => response.destroy())
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  return {
    url,
    received,
    on: (name, script) => {
      scripts.set(name, script)
      return `${url}/${name}`
    },
    close: async () => {
      server.closeAllConnections()
      await new Promise((resolve) => server.close(resolve))
    },
  }
}

/** Responds with a value as JSON, or with text that is sent as it is. */
export function sendJson(response: ServerResponse, value: unknown, status = 200): void {
  const text = typeof value === 'string' ? value : JSON.stringify(value)
  response.writeHead(status, { 'content-type': 'application/json' }).end(text)
}

async function readText(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = []
  for await (const chunk of request) chunks.push(chunk as Buffer)
  return Buffer.concat(chunks).toString('utf8')
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return null
  }
}
