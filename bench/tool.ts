import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { setTimeout as delay } from 'node:timers/promises'

/**
 * The tool that is called: a process of its own. The path is the time it takes in milliseconds (`/0`, `/50`,
 * `/2000`); it always reports ten tokens.
 */
const ANSWER = JSON.stringify({ text: 'done', usage: { total_tokens: 10 } })
const HEADERS = { 'content-type': 'application/json', 'content-length': String(ANSWER.length) }

const server = createServer({ keepAliveTimeout: 120_000 }, (request, response) => {
  request.resume()
  request.once('end', async () => {
    const milliseconds = Number(request.url?.slice(1))
    if (milliseconds > 0) await delay(milliseconds)
    response.writeHead(200, HEADERS).end(ANSWER)
  })
})
process.on('disconnect', () => process.exit(0))
server.listen({ port: 0, host: '127.0.0.1', backlog: 4_096 }, () =>
  process.send?.({ ready: true, url: `http://127.0.0.1:${(server.address() as AddressInfo).port}` }),
)
