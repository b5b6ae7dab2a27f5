import { Caller } from './caller'
import type { Job, Outcome } from './load-job'
import { latencyOf } from './statistics'

/** The load generator: a process of its own that runs one job for each message and answers its outcome. */
process.on('message', (job: Job) => {
  run(job).then(
    (outcome) => process.send?.(outcome),
    (error: Error) => process.send?.({ failed: error.message }),
  )
})
process.on('disconnect', () => process.exit(0))
process.send?.({ ready: true })

type Tally = { times: number[]; errors: Record<string, number> }

/** One request for each connection, or with `inTurn` every one that falls to it. */
function requestsOf({ requests, connections, inTurn }: Job, connection: number): string[] {
  if (!inTurn) return [requests[connection % requests.length] as string]
  return requests.filter((_, n) => n % connections === connection)
}

async function run(job: Job): Promise<Outcome> {
  const { hostname, port } = new URL(job.url)
  const callers = Array.from(
    { length: job.connections },
    (_, n) => new Caller(hostname, Number(port), requestsOf(job, n)),
  )
  for (let n = 0; n < callers.length; n += 50)
    await Promise.all(callers.slice(n, n + 50).map((caller) => caller.open()))
  const tally: Tally = { times: [], errors: {} }
  const cpu = process.cpuUsage()
  const startedAt = performance.now()
  const from = startedAt + job.warmUpMs
  const until = from + job.durationMs
  if (job.mode === 'once') await Promise.all(callers.map((caller) => callOnce(caller, tally, 0, Infinity)))
  else await Promise.all(callers.map((caller) => callUntil(caller, tally, from, until)))
  const used = process.cpuUsage(cpu)
  for (const caller of callers) caller.close()
  return {
    answered: tally.times.length,
    errors: tally.errors,
    seconds: (job.mode === 'once' ? performance.now() - startedAt : job.durationMs) / 1_000,
    latency: latencyOf(tally.times),
    ownCpuSeconds: (used.user + used.system) / 1e6,
  }
}

/** A closed loop: the next request leaves when the last one is answered. What is under way at the end is finished. */
async function callUntil(caller: Caller, tally: Tally, from: number, until: number): Promise<void> {
  while (performance.now() < until) {
    if (!caller.isOpen) await caller.open().catch(() => undefined)
    await callOnce(caller, tally, from, until)
  }
}

async function callOnce(caller: Caller, tally: Tally, from: number, until: number): Promise<void> {
  const sentAt = performance.now()
  const status = await caller.send().catch((error: Error) => error.message)
  const endedAt = performance.now()
  if (typeof status === 'string' || status < 200 || status > 299) {
    tally.errors[status] = (tally.errors[status] ?? 0) + 1
    return
  }
  if (endedAt >= from && endedAt <= until) tally.times.push(endedAt - sentAt)
}
