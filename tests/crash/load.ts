import { randomUUID } from 'node:crypto'
import { setTimeout as sleep } from 'node:timers/promises'
import { type Input, type Invocation, type Invoked, invoke } from '../instances/invoke'
import type { Caller } from '../instances/stage'

/** Between two calls of a caller: the machine is to be busy with starting hubs, not with asking them. */
const LONGEST_PAUSE_MS = 80

/** A request with an Idempotency-Key, to be sent again until it is answered. */
export type Keyed = { key: string; caller: Caller; input: Input; answered: boolean }

type Settings = {
  hubs: () => { url: string }[]
  tool: string
  callers: Caller[]
  /** What the next call sends. */
  input: () => Input
  /** Every n-th call has an Idempotency-Key and is sent again by it; 0 for none. */
  keyedEvery: number
}

/**
 * Many callers at once who go on until they are told to stop, over whichever hub is up. They note each answer
 * that they got and each keyed request that they still owe a retry.
 */
export class Load {
  readonly answers: Invocation[] = []
  readonly keyed: Keyed[] = []
  /** Statuses of all answers; 0 is no answer at all. */
  readonly statuses = new Map<number, number>()
  private running: Promise<void>[] = []
  private on = false

  constructor(private readonly settings: Settings) {}

  start(count: number): void {
    this.on = true
    this.running = Array.from({ length: count }, (_, index) => this.call(index))
  }

  async stop(): Promise<void> {
    this.on = false
    await Promise.all(this.running)
  }

  count(status: number): number {
    return this.statuses.get(status) ?? 0
  }

  private async call(index: number): Promise<void> {
    const { callers, keyedEvery, input } = this.settings
    for (let turn = index; this.on; turn += 1) {
      const caller = callers[index % callers.length] as Caller
      if (keyedEvery > 0 && turn % keyedEvery === 0) {
        const request = { key: randomUUID(), caller, input: input(), answered: false }
        this.keyed.push(request)
        await this.sendKeyed(request)
        if (!request.answered) await this.sendKeyed(request)
      } else await this.send(caller, input())
    }
  }

  private async sendKeyed(request: Keyed): Promise<void> {
    const { key, caller, input } = request
    const answer = await this.send(caller, input, { 'idempotency-key': key })
    if (answer?.status === 200) request.answered = true
  }

  /** Sends each keyed request that was not answered once more, and one in ten of the others, a few at a time. */
  async sendAgain(): Promise<void> {
    const rest = this.keyed.filter(({ answered }, index) => !answered || index % 10 === 0)
    const worker = async () => {
      for (let next = rest.pop(); next; next = rest.pop()) await this.sendKeyed(next)
    }
    await Promise.all(Array.from({ length: 8 }, worker))
  }

  private async send(
    caller: Caller,
    input: Input,
    headers: Record<string, string> = {},
  ): Promise<Invoked | null> {
    const hubs = this.settings.hubs()
    const hub = hubs[Math.floor(Math.random() * hubs.length)]
    const answer = hub
      ? await invoke(hub, this.settings.tool, caller, input, headers).catch(() => null)
      : null
    const status = answer?.status ?? 0
    this.statuses.set(status, this.count(status) + 1)
    if (answer?.status === 200) this.answers.push(answer.data)
    await sleep(Math.random() * LONGEST_PAUSE_MS)
    return answer
  }
}
