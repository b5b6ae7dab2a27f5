import { once } from 'node:events'
import { type Child, startScript } from './children'
import { adminToken, askHub } from './hub-process'
import { requireLedger } from './invocations'
import type { Options } from './options'
import type { Stage } from './stage'
import { median } from './statistics'
import type { StreamJob, StreamOutcome } from './stream-job'
import { printTable, tenth, whole } from './tables'
import { forgetPeak, peakMemory } from './usage-of-machine'

const MODEL = 'bench-model'
const MOST_ADDED_MS = 5
const MOST_MEMORY_MB = 800
/** A piece leaves each 50 ms: who waits ten times as long has been stalled. */
const MOST_GAP_MS = 500
const CROWD = 500

/**
 * Streams of a model, read directly and through the hub's OpenAI-compatible door in turn: time to the first piece at 16
 * streams, then 500 at once.
 */
export async function runStreamsPart(stage: Stage, options: Options): Promise<void> {
  const tool = await startScript('stream-tool')
  const load = await startScript('stream-load')
  try {
    await addModel(stage, tool.url)
    const direct = (streams: number, each: number, spreadMs: number) =>
      read(load, {
        spreadMs,
        url: tool.url,
        path: '/v1/chat/completions',
        model: MODEL,
        keys: ['none'],
        streams,
        each,
      })
    const hub = async (streams: number, each: number, spreadMs: number) => {
      const job = { url: stage.hub.url, path: '/v1/chat/completions', model: MODEL, keys: stage.keys }
      const outcome = await read(load, { ...job, streams, each, spreadMs })
      await requireLedger(stage)
      return outcome
    }
    await hub(16, 1, 0)
    await printFirstPieces('begun one after the other', direct, hub, options.rounds, 2_000)
    await printFirstPieces('begun in the same instant', direct, hub, options.rounds, 0)
    await printCrowd(stage, direct, hub)
  } finally {
    await load.stop()
    await tool.stop()
  }
}

type Read = (streams: number, each: number, spreadMs: number) => Promise<StreamOutcome>

async function printFirstPieces(
  how: string,
  direct: Read,
  hub: Read,
  rounds: number,
  spreadMs: number,
): Promise<void> {
  const runs: { direct: StreamOutcome; hub: StreamOutcome }[] = []
  for (let round = 0; round < Math.max(rounds, 5); round += 1) {
    const first = round % 2 === 0 ? await direct(16, 2, spreadMs) : await hub(16, 2, spreadMs)
    const second = round % 2 === 0 ? await hub(16, 2, spreadMs) : await direct(16, 2, spreadMs)
    runs.push(round % 2 === 0 ? { direct: first, hub: second } : { direct: second, hub: first })
  }
  const of = (pick: (run: (typeof runs)[number]) => number) => median(runs.map(pick))
  const added = of((run) => run.hub.firstP50 - run.direct.firstP50)
  printTable(
    `16 streams at once, ${how}, medians of ${runs.length} rounds: time to the first piece`,
    ['', 'direct', 'hub', 'added', 'target', 'met'],
    [
      [
        'p50, ms',
        tenth(of((run) => run.direct.firstP50)),
        tenth(of((run) => run.hub.firstP50)),
        tenth(added),
        `≤ ${MOST_ADDED_MS}`,
        added <= MOST_ADDED_MS ? 'yes' : 'no',
      ],
      [
        'p95, ms',
        tenth(of((run) => run.direct.firstP95)),
        tenth(of((run) => run.hub.firstP95)),
        tenth(of((run) => run.hub.firstP95 - run.direct.firstP95)),
        '',
        '',
      ],
    ],
  )
}

async function printCrowd(stage: Stage, direct: Read, hub: Read): Promise<void> {
  const plain = await direct(CROWD, 1, 0)
  await forgetPeak(stage.hub.pid)
  const through = await hub(CROWD, 1, 0)
  const memory = await peakMemory(stage.hub.pid)
  const row = (name: string, a: string, b: string, target: string, met: boolean) => [
    name,
    a,
    b,
    target,
    met ? 'yes' : 'no',
  ]
  printTable(
    `${CROWD} streams at once (the ledger was equal and nothing held afterwards)`,
    ['', 'direct', 'hub', 'target', 'met'],
    [
      row('whole streams', whole(plain.whole), whole(through.whole), whole(CROWD), through.whole === CROWD),
      row(
        'errors',
        whole(plain.errors.length),
        whole(through.errors.length),
        '0',
        through.errors.length === 0,
      ),
      row(
        'longest wait between two pieces, ms',
        tenth(plain.longestGap),
        tenth(through.longestGap),
        `≤ ${MOST_GAP_MS}`,
        through.longestGap <= MOST_GAP_MS,
      ),
      row(
        'memory of the hub at its peak, MB',
        '',
        whole(memory),
        `≤ ${MOST_MEMORY_MB}`,
        memory <= MOST_MEMORY_MB,
      ),
    ],
  )
  if (through.errors.length > 0) process.stdout.write(`${through.errors.slice(0, 3).join('\n')}\n`)
}

async function addModel({ hub }: Stage, url: string): Promise<void> {
  await askHub(hub, 'POST', '/api/v1/admin/tools', {
    token: await adminToken(hub),
    body: {
      name: 'A model',
      slug: MODEL,
      description: 'For the benchmark.',
      adapter: 'openai',
      api_endpoint: `${url}/v1`,
      model: { name: MODEL, max_output_tokens: 100 },
    },
  })
}

async function read(load: Child, job: StreamJob): Promise<StreamOutcome> {
  const answered = once(load.process, 'message')
  load.process.send(job)
  const [outcome] = (await answered) as [StreamOutcome | { failed: string }]
  if ('failed' in outcome) throw new Error(`The load generator failed: ${outcome.failed}`)
  return outcome
}
