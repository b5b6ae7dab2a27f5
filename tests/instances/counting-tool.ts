import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { setTimeout as sleep } from 'node:timers/promises'
import { Gate } from '../support/gate'

export interface CountingTool {
  url: string
  /** The request ids of the calls that reached it, in their order. */
  requestIds: string[]
  /** How often each Idempotency-Key reached it. */
  keys: Map<string, number>
  /** The most calls that were with it at one time. */
  peak: () => number
  /** How many calls are with it now. */
  running: () => number
  /** Shut, it keeps every call until it is opened. */
  gate: Gate
  close: () => Promise<void>
}

/**
 * A tool's endpoint that keeps count by itself, so that the ledger can be held against it. An answer comes after
 * `input.wait_ms`, reports `input.tokens`, and is a 500 where `input.fail` is true.
 */
export async function startCountingTool(): Promise<CountingTool> {
  const tool = { requestIds: [] as string[], keys: new Map<string, number>(), gate: new Gate() }
  let [running, peak] = [0, 0]
  const server = createServer((request, response) => {
    tool.requestIds.push(String(request.headers['x-request-id']))
    const key = request.headers['idempotency-key']
    if (typeof key === 'string') tool.keys.set(key, (tool.keys.get(key) ?? 0) + 1)
    running += 1
    peak = Math.max(peak, running)
    void answer(request, response, tool.gate)
      .catch(() => response.destroy())
      .finally(() => (running -= 1))
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  return {
    ...tool,
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    peak: () => peak,
    running: () => running,
    close: async () => {
      server.closeAllConnections()
      await new Promise((resolve) => server.close(resolve))
    },
  }
}

async function answer(request: IncomingMessage, response: ServerResponse, gate: Gate): Promise<void> {
  const chunks: Buffer[] = []
  for await (const chunk of request) chunks.push(chunk as Buffer)
  const input = JSON.parse(Buffer.concat(chunks).toString('utf8'))
  await sleep(input.wait_ms ?? 0)
  await gate.passed()
  const status = input.fail === true ? 500 : 200
  response.writeHead(status, { 'content-type': 'application/json' })
  response.end(JSON.stringify({ done: true, usage: { total_tokens: input.tokens ?? 1 } }))
}
