import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { setTimeout as sleep } from 'node:timers/promises'
import { anthropicEvents, anthropicMessage } from './provider-anthropic'
import { googleAnswer, googleChunks, googleEmbeddings } from './provider-google'

export type Json = Record<string, unknown>

export interface ProviderUpstream {
  url: string
  /** What was sent, the newest last. */
  seen: { path: string; headers: IncomingMessage['headers']; body: Json }[]
  /** How many of its answers were ended by the other side before they were complete. */
  left: () => number
  close: () => Promise<void>
}

/**
 * A server of the tests' own that follows Anthropic's Messages and Google's generateContent, by their published wire
 * formats. The base address is `${url}/<provider>/<behaviour>`: `text`, `tools`, `thinking`, `silent` (no usage),
 * `filtered`, `cut`, `closed` (ends in between without an error), `reset`, `status-429`, `overloaded` (an error as the
 * first event), `error-event`, `malformed`, `shapeless`, `huge`, `compressed`, `endless`.
 */
export async function startProviderUpstream(): Promise<ProviderUpstream> {
  const seen: ProviderUpstream['seen'] = []
  let left = 0
  const server = createServer((request, response) => {
    void (async () => {
      const body = JSON.parse(await readText(request)) as Json
      const path = request.url ?? ''
      seen.push({ path, headers: request.headers, body })
      response.once('close', () => {
        if (!response.writableFinished) left += 1
      })
      const [, provider, behaviour = ''] = path.split('/')
      if (!refuse(behaviour, provider === 'google', response))
        await answer(provider, behaviour, path, body, response)
    })().catch(() => response.destroy())
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    seen,
    left: () => left,
    close: async () => {
      server.closeAllConnections()
      await new Promise((resolve) => server.close(resolve))
    },
  }
}

/** Behaviours that answer with anything but the API's answer. */
function refuse(behaviour: string, isGoogle: boolean, response: ServerResponse): boolean {
  const status = Number(/^status-(\d+)$/.exec(behaviour)?.[1] ?? 0)
  if (status) {
    const message = `No, says the provider: ${status}`
    const error = isGoogle
      ? { error: { code: status, message, status: 'FAILED' } }
      : { type: 'error', error: { type: 'some_error', message } }
    const wait: Record<string, string> = status === 429 ? { 'retry-after': '7' } : {}
    response.writeHead(status, { 'content-type': 'application/json', location: '/elsewhere', ...wait })
    response.end(JSON.stringify(error))
  } else if (behaviour === 'reset') response.destroy()
  else if (behaviour === 'malformed') response.writeHead(200).end('data: {"half": \n\n')
  else if (behaviour === 'shapeless') response.writeHead(200).end('{"hello": "world"}')
  else if (behaviour === 'huge') response.writeHead(200).end(`"${'x'.repeat(11 * 1024 * 1024)}"`)
  else if (behaviour === 'compressed') response.writeHead(200, { 'content-encoding': 'gzip' }).end('{}')
  else return false
  return true
}

async function answer(
  provider: string | undefined,
  behaviour: string,
  path: string,
  body: Json,
  response: ServerResponse,
): Promise<void> {
  if (path.includes('mbedContent')) return json(response, googleEmbeddings(path, body))
  const isStream =
    provider === 'google' ? path.includes(':streamGenerateContent?alt=sse') : body.stream === true
  if (!isStream) {
    return json(response, provider === 'google' ? googleAnswer(behaviour) : anthropicMessage(behaviour, body))
  }
  response.writeHead(200, { 'content-type': 'text/event-stream' })
  const events = provider === 'google' ? googleChunks(behaviour) : anthropicEvents(behaviour, body)
  for (const [at, event] of events.entries()) {
    // What comes in pieces is what is read in pieces.
    if (at > 0) await sleep(1)
    const name = typeof event.type === 'string' ? `event: ${event.type}\n` : ''
    response.write(`${name}data: ${JSON.stringify(event)}\n\n`)
  }
  while (behaviour === 'endless' && !response.destroyed) {
    response.write(': still there\n\n')
    await sleep(5)
  }
  if (behaviour === 'cut') {
    await sleep(20)
    response.destroy()
  } else response.end()
}

function json(response: ServerResponse, value: unknown): void {
  response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify(value))
}

async function readText(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = []
  for await (const chunk of request) chunks.push(chunk as Buffer)
  return Buffer.concat(chunks).toString('utf8')
}
