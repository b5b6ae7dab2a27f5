import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { setTimeout as sleep } from 'node:timers/promises'
import { Gate } from './gate'

export interface Upstream {
  url: string
  /** How often a path was called, and with what headers the last time. */
  calls: (path: string) => number
  lastHeaders: (path: string) => IncomingMessage['headers']
  /** Answers the calls of `/held` that wait, and those that come later. */
  release: () => void
  close: () => Promise<void>
}

/**
 * A tool's endpoint of the tests' own, on 127.0.0.1. Its path says how it answers; `/held` does so once it is told to.
 */
export async function startUpstream(): Promise<Upstream> {
  const counts = new Map<string, number>()
  const headers = new Map<string, IncomingMessage['headers']>()
  const held = new Gate()
  held.shut()
  const server = createServer((request, response) => {
    const path = (request.url ?? '/').split('?')[0] as string
    counts.set(path, (counts.get(path) ?? 0) + 1)
    headers.set(path, request.headers)
    void answer(path, request, response, held).catch(() => response.destroy())
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as AddressInfo
  return {
    url: `http://127.0.0.1:${port}`,
    calls: (path) => counts.get(path) ?? 0,
    lastHeaders: (path) => headers.get(path) ?? {},
    release: () => held.open(),
    close: async () => {
      server.closeAllConnections()
      await new Promise((resolve) => server.close(resolve))
    },
  }
}

async function answer(
  path: string,
  request: IncomingMessage,
  response: ServerResponse,
  held: Gate,
): Promise<void> {
  const input = await readText(request)
  const [, kind = '', argument = '0'] = path.split('/')
  const json = (status: number, value: unknown) => {
    response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(value))
  }
  if (kind === 'echo') return json(200, { echo: JSON.parse(input) })
  if (kind === 'reports') return json(200, { text: 'done', usage: { total_tokens: Number(argument) } })
  if (kind === 'status') return json(Number(argument), { error: 'no' })
  if (kind === 'slow' || kind === 'held') {
    await (kind === 'held' ? held.passed() : sleep(Number(argument)))
    return json(200, { late: true })
  }
  if (kind === 'text') return void response.end('this is no JSON')
  if (kind === 'list') return json(200, [1, 2, 3])
  response.destroy()
}

async function readText(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = []
  for await (const chunk of request) chunks.push(chunk as Buffer)
  return Buffer.concat(chunks).toString('utf8')
}
