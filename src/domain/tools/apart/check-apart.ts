import { join } from 'node:path'
import { Worker } from 'node:worker_threads'
import type { ErrorObject } from 'ajv'
import { Problem, tooMany } from '../../../platform/kernel/problem'
import { perProcess } from '../../../platform/kernel/process'
import { TookTooLong } from '../bounded-run'
import { PROGRAM } from './program'
import { Turns } from './turns'

/** An input to check in a separate thread. `key` is the schema's unique name in this process. */
export type ApartCheck = {
  caller: string
  key: string
  schema: string
  isDraft07: boolean
  allErrors: boolean
  /** JSON. */
  input: string
}

/** The thread could not be started on this host, or has ended. */
export class NoThread extends Error {
  override name = 'NoThread'
}

type Answer = { id: number; errors?: string; late?: boolean; reason?: string }
type Waiting = { check: ApartCheck; settle: (answer: Answer | Error) => void }

const MOST_ERRORS = 100
const MOST_MS = 250
/** A thread without a result after this time is ended. Its own timeout is an eighth of it. */
const SILENT_MS = 2_000
const MOST_OF_ONE_CALLER = 8
const MOST_WAITING = 200

/** The faults of the input. Throws `TookTooLong`, `NoThread`, or a `Problem` if too many checks are waiting. */
export async function checkApart(check: ApartCheck): Promise<ErrorObject[]> {
  const answer = await perProcess('tools.check-apart', () => new CheckThread()).run(check)
  if (answer instanceof Error) throw answer
  if (answer.errors !== undefined) return JSON.parse(answer.errors) as ErrorObject[]
  throw answer.late ? new TookTooLong(`took more than ${MOST_MS} ms`) : new Error(answer.reason)
}

/** One thread, one check at a time. The callers take turns, so a caller with many checks delays only itself. */
class CheckThread {
  #worker: Worker | null = null
  #running: (Waiting & { timer: NodeJS.Timeout }) | null = null
  #id = 0
  #hasAnswered = false
  readonly #turns = new Turns<Waiting>()

  run(check: ApartCheck): Promise<Answer | Error> {
    if (this.#turns.of(check.caller) >= MOST_OF_ONE_CALLER)
      throw tooMany('Too many of your inputs wait to be checked at the moment.', 1)
    if (this.#turns.count >= MOST_WAITING)
      throw new Problem('NOT_READY', 'Too many inputs wait to be checked. Try again in a moment.', {
        headers: { 'Retry-After': '1' },
      })
    return new Promise((settle) => {
      this.#turns.add(check.caller, { check, settle })
      this.#next()
    })
  }

  #next(): void {
    const next = this.#running ? undefined : this.#turns.take()
    if (!next) return
    const worker = this.#worker ?? this.#start()
    const timer = setTimeout(
      () => this.#end(worker, new TookTooLong(`took more than ${MOST_MS} ms`)),
      SILENT_MS,
    )
    this.#running = { ...next, timer }
    this.#id += 1
    const { caller: _caller, ...check } = next.check
    worker.postMessage({ ...check, id: this.#id, most: MOST_ERRORS, timeoutMs: MOST_MS })
  }

  #start(): Worker {
    const worker = new Worker(PROGRAM, {
      eval: true,
      workerData: { from: join(process.cwd(), 'package.json') },
      resourceLimits: { maxOldGenerationSizeMb: 128 },
      execArgv: [],
    })
    worker.on('message', (answer: Answer) => {
      this.#hasAnswered = true
      this.#answer(answer)
    })
    // A thread that worked before ends if a check uses all of its memory.
    const why = (reason: string) =>
      this.#hasAnswered ? new TookTooLong('took too much memory') : new NoThread(reason)
    worker.on('error', (error) => this.#end(worker, why(error.message)))
    worker.on('exit', () => this.#end(worker, why('it has ended')))
    worker.unref()
    this.#worker = worker
    return worker
  }

  #answer(answer: Answer | Error): void {
    const running = this.#running
    if (!running || (!(answer instanceof Error) && answer.id !== this.#id)) return
    clearTimeout(running.timer)
    this.#running = null
    running.settle(answer)
    this.#next()
  }

  /** Ends a thread; the next check starts another one. */
  #end(worker: Worker, why: Error): void {
    if (this.#worker !== worker) return
    this.#worker = null
    void worker.terminate()
    this.#answer(why)
  }
}
