import { randomUUID } from 'node:crypto'
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import type { Tool } from '../../src/domain/tools/tool'
import { setPerProcess } from '../../src/platform/kernel/process'
import { addressPolicy } from '../../src/platform/outbound/address-guard'

export const SECRET = 'a secret of the tests, thirty-two characters or more'

/** Settles where tools may be called, as the configuration would; development unless said. */
export function useSettings({ production = false, toolAllowedHosts = [] as string[] } = {}): void {
  setPerProcess('tools.settings', { policy: addressPolicy({ production, toolAllowedHosts }), secret: SECRET })
  setPerProcess('tools.agent', undefined)
}

/** A tool as the catalogue would hold it. */
export function aTool(given: Partial<Tool> = {}): Tool {
  return {
    id: randomUUID(),
    revision: 1,
    name: 'Echo',
    slug: 'echo',
    description: '',
    category: null,
    adapter: 'http',
    endpoint: null,
    method: 'POST',
    headers: {},
    secretNames: [],
    builtin: null,
    model: null,
    remoteTool: null,
    inputSchema: null,
    example: null,
    timeoutMs: 5_000,
    retries: 0,
    metering: { mode: 'reported', path: 'usage.total_tokens', tokens: null },
    maxTokens: null,
    minimumTier: 'free',
    isActive: true,
    createdAt: new Date('2026-01-01T00:00:00Z'),
    ...given,
  }
}

export type Seen = { headers: IncomingMessage['headers']; method: string | undefined; body: string }
type Answer = (response: ServerResponse, seen: Seen, request: IncomingMessage) => void

export type Upstream = {
  url: string
  port: number
  seen: Seen[]
  answer: (how: Answer) => void
  stop: () => Promise<void>
}

/** An endpoint on 127.0.0.1 that answers as it is told and notes what reached it. */
export async function startUpstream(): Promise<Upstream> {
  let how: Answer = (response) => json(response, 200, { ok: true })
  const seen: Seen[] = []
  const server: Server = createServer((request, response) => {
    const chunks: Buffer[] = []
    request.on('data', (chunk: Buffer) => chunks.push(chunk))
    request.on('end', () => {
      const one = { headers: request.headers, method: request.method, body: Buffer.concat(chunks).toString() }
      seen.push(one)
      how(response, one, request)
    })
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as AddressInfo
  return {
    url: `http://127.0.0.1:${port}/call`,
    port,
    seen,
    answer: (next) => {
      how = next
      seen.length = 0
    },
    stop: () =>
      new Promise((resolve) => {
        server.closeAllConnections()
        server.close(() => resolve())
      }),
  }
}

/** Answers with a JSON body. */
export function json(response: ServerResponse, status: number, body: unknown): void {
  response.writeHead(status, { 'content-type': 'application/json' })
  response.end(JSON.stringify(body))
}
