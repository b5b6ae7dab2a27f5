import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import type { Case } from './case'
import { respond } from './respond'

export type ProviderServer = { url: string; close: () => Promise<void> }

/** A provider behind a socket that answers what the case says, a chunk at a time. */
export async function startProviderServer(caseOf: (number: number) => Case): Promise<ProviderServer> {
  const server = createServer((request, response) => {
    answer(request, response, caseOf).catch(() => response.destroy())
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    close: async () => {
      server.closeAllConnections()
      await new Promise((resolve) => server.close(resolve))
    },
  }
}

async function answer(
  request: IncomingMessage,
  response: ServerResponse,
  caseOf: (number: number) => Case,
): Promise<void> {
  let body = ''
  for await (const chunk of request) body += chunk
  const { method = '', url: path = '' } = request
  const { status, headers, chunks } = respond({ method, path, body }, caseOf)
  response.writeHead(status, headers)
  for (const chunk of chunks) await new Promise<void>((sent) => response.write(chunk, () => sent()))
  response.end()
}
