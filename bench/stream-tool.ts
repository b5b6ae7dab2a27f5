import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { setTimeout as delay } from 'node:timers/promises'

/**
 * A model's server of its own process: any chat completion is a stream of 40 pieces, the first after 50 ms and one
 * each 50 ms from then on, with usage at its end.
 */
const PIECES = 40
const PAUSE_MS = 50
const common = { id: 'chatcmpl-bench', object: 'chat.completion.chunk', created: 1, model: 'bench' }
const event = (value: object) => `data: ${JSON.stringify({ ...common, ...value })}\n\n`
const piece = event({ choices: [{ index: 0, delta: { content: 'word ' }, finish_reason: null }] })
const last = event({ choices: [{ index: 0, delta: {}, finish_reason: 'stop' }] })
const usage = event({
  choices: [],
  usage: { prompt_tokens: 10, completion_tokens: PIECES, total_tokens: 10 + PIECES },
})

const server = createServer({ keepAliveTimeout: 120_000 }, (request, response) => {
  request.resume()
  request.once('end', async () => {
    response.writeHead(200, { 'content-type': 'text/event-stream' }).flushHeaders()
    for (let count = 0; count < PIECES && !response.destroyed; count += 1) {
      await delay(PAUSE_MS)
      response.write(piece)
    }
    response.end(`${last}${usage}data: [DONE]\n\n`)
  })
})
process.on('disconnect', () => process.exit(0))
server.listen({ port: 0, host: '127.0.0.1', backlog: 4_096 }, () =>
  process.send?.({ ready: true, url: `http://127.0.0.1:${(server.address() as AddressInfo).port}` }),
)
