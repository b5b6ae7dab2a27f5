import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import type { Job, Outcome } from './load-job'

export type Child = { process: ChildProcess; pid: number; url: string; stop: () => Promise<void> }

const READY_MS = 60_000

/** Starts a script of this directory as a process of its own, and waits until it says that it is ready. */
export async function startScript(name: string, env: Record<string, string> = {}): Promise<Child> {
  const file = new URL(`./${name}.ts`, import.meta.url).pathname
  const child = spawn(process.execPath, ['--import', 'tsx', file], {
    stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
    env: { ...process.env, NODE_ENV: 'production', ...env },
  })
  const message = (await readyMessage(child, (sent) => (sent as { ready?: boolean }).ready === true)) as {
    url?: string
  }
  return asChild(child, message.url ?? '')
}

/** A started process with its address; `stop` ends it and waits for its end. */
export function asChild(child: ChildProcess, url: string): Child {
  const stop = async () => {
    if (child.exitCode !== null || child.signalCode !== null) return
    const ended = once(child, 'exit')
    child.kill('SIGTERM')
    await ended
  }
  return { process: child, pid: child.pid as number, url, stop }
}

/** The first message that passes. Throws when the process ends before, or takes a minute. */
export async function readyMessage(
  child: ChildProcess,
  passes: (sent: unknown) => boolean,
): Promise<unknown> {
  let timer: NodeJS.Timeout | undefined
  try {
    return await new Promise((resolve, reject) => {
      timer = setTimeout(() => reject(new Error('A process was not ready in time')), READY_MS)
      child.on('message', (sent) => passes(sent) && resolve(sent))
      child.once('exit', (code) => reject(new Error(`A process ended with ${code} before it was ready`)))
    })
  } finally {
    clearTimeout(timer)
  }
}

/** Has the load generator do one job. */
export async function runLoad(load: Child, job: Job): Promise<Outcome> {
  const answered = once(load.process, 'message')
  load.process.send(job)
  const [outcome] = (await answered) as [Outcome | { failed: string }]
  if ('failed' in outcome) throw new Error(`The load generator failed: ${outcome.failed}`)
  return outcome
}
