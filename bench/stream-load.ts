import { setTimeout as delay } from 'node:timers/promises'
import { Agent, request } from 'undici'
import { percentile } from './statistics'
import type { StreamJob, StreamOutcome } from './stream-job'

/** The load generator for streams: a process of its own, one job for each message. */
process.on('message', (job: StreamJob) => {
  run(job).then(
    (outcome) => process.send?.(outcome),
    (error: Error) => process.send?.({ failed: error.message }),
  )
})
process.on('disconnect', () => process.exit(0))
process.send?.({ ready: true })

const agent = new Agent({ connections: 1_024, headersTimeout: 0, bodyTimeout: 0 })
const PIECE = '"content":"'
const DONE = 'data: [DONE]'

type Seen = { firstMs: number; longestGapMs: number; pieces: number }

/** Each caller reads one stream after the other, or one in all where the job says so. */
async function run(job: StreamJob): Promise<StreamOutcome> {
  const seen: Seen[] = []
  const errors: string[] = []
  const reads = Array.from({ length: job.streams }, async (_, caller) => {
    for (let count = 0; count < job.each; count += 1) {
      await delay(Math.random() * job.spreadMs)
      await readStream(job, job.keys[caller % job.keys.length] as string)
        .then((one) => seen.push(one))
        .catch((error: Error) => errors.push(error.message))
    }
  })
  await Promise.all(reads)
  const sorted = (of: (one: Seen) => number) => seen.map(of).sort((a, b) => a - b)
  const first = sorted(({ firstMs }) => firstMs)
  return {
    whole: seen.length,
    errors,
    pieces: seen.reduce((sum, { pieces }) => sum + pieces, 0),
    firstP50: percentile(first, 0.5),
    firstP95: percentile(first, 0.95),
    longestGap: sorted(({ longestGapMs }) => longestGapMs).at(-1) ?? Number.NaN,
  }
}

async function readStream({ url, path, model }: StreamJob, key: string): Promise<Seen> {
  const startedAt = performance.now()
  const body = {
    model,
    stream: true,
    max_tokens: 100,
    messages: [{ role: 'user', content: 'Say forty words.' }],
  }
  const response = await request(`${url}${path}`, {
    dispatcher: agent,
    method: 'POST',
    headers: { 'content-type': 'application/json', authorization: `Bearer ${key}` },
    body: JSON.stringify(body),
  })
  if (response.statusCode !== 200) throw new Error(`${response.statusCode}: ${await response.body.text()}`)
  const seen: Seen = { firstMs: Number.NaN, longestGapMs: 0, pieces: 0 }
  let before = startedAt
  let tail = ''
  for await (const chunk of response.body as AsyncIterable<Buffer>) {
    const text = chunk.toString('latin1')
    tail = (tail + text).slice(-64)
    const pieces = text.split(PIECE).length - 1
    if (pieces === 0) continue
    const now = performance.now()
    if (seen.pieces === 0) seen.firstMs = now - startedAt
    else seen.longestGapMs = Math.max(seen.longestGapMs, now - before)
    seen.pieces += pieces
    before = now
  }
  if (!tail.includes(DONE)) throw new Error('a stream ended early')
  return seen
}
