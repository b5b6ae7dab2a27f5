import { createHash, randomUUID } from 'node:crypto'
import { createServer, type IncomingMessage } from 'node:http'
import type { AddressInfo } from 'node:net'
import pg from 'pg'
import { Agent, request } from 'undici'
import { bareStatements } from './bare-statements'

/**
 * The yardstick: node:http, a pool of 16, undici.request, and the two statements of bare-proxy.sql, each
 * committed on its own. A process of its own; it checks and logs nothing.
 */
const { ADMIT, SETTLE } = await bareStatements()
const toolUrl = process.env.BENCH_TOOL_URL as string
const pool = new pg.Pool({ connectionString: process.env.DATABASE_URL, max: 16 })
const agent = new Agent({ connections: 2_048, keepAliveTimeout: 60_000 })

const server = createServer({ keepAliveTimeout: 120_000 }, async (incoming, response) => {
  try {
    const answer = await invoke(incoming)
    response.writeHead(answer ? 200 : 403, { 'content-type': 'application/json' })
    response.end(answer ?? '{"error":"refused"}')
  } catch (error) {
    response.writeHead(500).end(String(error))
  }
})

async function invoke(incoming: IncomingMessage): Promise<string | null> {
  const { input } = JSON.parse(await read(incoming)) as { input: unknown }
  const key = incoming.headers.authorization?.slice('Bearer '.length) ?? ''
  const name = incoming.url?.slice(1) ?? ''
  const id = randomUUID()
  const hash = createHash('sha256').update(key).digest()
  const admitted = await pool.query({ name: 'admit', text: ADMIT, values: [hash, name, id] })
  if (admitted.rowCount === 0) return null
  const startedAt = performance.now()
  const answer = await request(`${toolUrl}/${name}`, {
    dispatcher: agent,
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(input),
  })
  const output = (await answer.body.json()) as { usage: { total_tokens: number } }
  const tokens = output.usage.total_tokens
  const took = Math.round(performance.now() - startedAt)
  await pool.query({ name: 'settle', text: SETTLE, values: [id, tokens, took] })
  return JSON.stringify({ output, tokens_used: tokens, duration_ms: took })
}

async function read(incoming: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = []
  for await (const chunk of incoming) chunks.push(chunk as Buffer)
  return Buffer.concat(chunks).toString()
}

process.on('disconnect', () => process.exit(0))
server.listen({ port: 0, host: '127.0.0.1', backlog: 4_096 }, () =>
  process.send?.({ ready: true, url: `http://127.0.0.1:${(server.address() as AddressInfo).port}` }),
)
