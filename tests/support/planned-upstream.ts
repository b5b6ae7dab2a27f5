import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { setTimeout as sleep } from 'node:timers/promises'

type Json = Record<string, unknown>

/** What a server answers: a whole answer, or events with a wait before each of them, and how the stream then ends. */
export type Plan = {
  answer?: Json
  events?: Json[]
  waitMs?: number
  /** `hang` leaves the end to the other side; `cut` breaks the connection. */
  ends?: 'done' | 'hang' | 'cut'
}

export interface PlannedUpstream {
  /** The base address of a server that answers so. */
  at: (plan: Plan) => string
  /** The bodies that were sent to it, as text. */
  seen: (address: string) => string[]
  /** How many answers of it the other side ended. */
  left: (address: string) => number
  close: () => Promise<void>
}

/** A server of the tests' own that answers what each test says, whatever it is asked. */
export async function startPlannedUpstream(): Promise<PlannedUpstream> {
  const plans: { plan: Plan; seen: string[]; left: number }[] = []
  const server = createServer((request, response) => {
    void (async () => {
      const known = plans[Number((request.url ?? '').split('/')[1])]
      if (!known) return void response.writeHead(404).end()
      const text = await textOf(request)
      known.seen.push(text)
      response.once('close', () => {
        if (!response.writableFinished) known.left += 1
      })
      await answer(known.plan, text.includes('"stream":true'), response)
    })().catch(() => response.destroy())
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as AddressInfo
  const of = (address: string) => plans[Number(address.split('/').at(-1))]
  return {
    at: (plan) => {
      plans.push({ plan, seen: [], left: 0 })
      return `http://127.0.0.1:${port}/${plans.length - 1}`
    },
    seen: (address) => of(address)?.seen ?? [],
    left: (address) => of(address)?.left ?? 0,
    close: async () => {
      server.closeAllConnections()
      await new Promise((resolve) => server.close(resolve))
    },
  }
}

async function answer(plan: Plan, isStream: boolean, response: ServerResponse): Promise<void> {
  const { answer: whole = {}, events = [], waitMs = 0, ends = 'done' } = plan
  if (!isStream) {
    await sleep(waitMs, undefined, { ref: false })
    return void response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify(whole))
  }
  response.writeHead(200, { 'content-type': 'text/event-stream' })
  for (const event of events) {
    if (waitMs > 0) await sleep(waitMs, undefined, { ref: false })
    const name = typeof event.type === 'string' ? `event: ${event.type}\n` : ''
    response.write(`${name}data: ${JSON.stringify(event)}\n\n`)
  }
  if (ends === 'cut') {
    await sleep(20)
    response.destroy()
  } else if (ends === 'done') response.end('data: [DONE]\n\n')
}

async function textOf(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = []
  for await (const chunk of request) chunks.push(chunk as Buffer)
  return Buffer.concat(chunks).toString('utf8')
}

/** A chat's whole answer, and the chunks of the same as a stream. */
export const chatAnswer = (text: string, usage?: unknown): Json => ({
  id: 'chatcmpl-1',
  object: 'chat.completion',
  created: 1_700_000_000,
  model: 'the-model',
  choices: [{ index: 0, message: { role: 'assistant', content: text }, finish_reason: 'stop' }],
  ...(usage === undefined ? {} : { usage }),
})

export const chunkOf = (delta: Json, finish_reason: string | null = null): Json => ({
  id: 'chatcmpl-1',
  object: 'chat.completion.chunk',
  created: 1_700_000_000,
  model: 'the-model',
  choices: [{ index: 0, delta, finish_reason }],
})

export const usageChunk = (usage: unknown): Json => ({ ...chunkOf({}), choices: [], usage })

export const chatEvents = (text: string, usage?: unknown): Json[] => [
  chunkOf({ role: 'assistant', content: '' }),
  chunkOf({ content: text }),
  chunkOf({}, 'stop'),
  ...(usage === undefined ? [] : [usageChunk(usage)]),
]
