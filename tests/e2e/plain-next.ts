import { type ChildProcess, spawn } from 'node:child_process'
import { freePort } from '../support/free-port'
import { TEST_SECRET } from '../support/hub'

export type PlainNext = { url: string; output: () => string; stop: () => Promise<void> }

/** `next start` on the built panel and this database: a host of plain Next, without the hub's own server. */
export async function startPlainNext(databaseUrl: string): Promise<PlainNext> {
  const port = await freePort()
  const child = spawn(process.execPath, ['node_modules/next/dist/bin/next', 'start', '-p', String(port)], {
    stdio: ['ignore', 'pipe', 'pipe'],
    env: {
      PATH: process.env.PATH,
      NODE_ENV: 'production',
      NEXT_TELEMETRY_DISABLED: '1',
      APP_ENV: 'development',
      DATABASE_URL: databaseUrl,
      PAYLOAD_SECRET: TEST_SECRET,
      TRUST_PROXY: '1',
    },
  })
  let output = ''
  for (const stream of [child.stdout, child.stderr])
    stream.on('data', (chunk: Buffer) => (output += chunk.toString()))
  const ended = new Promise<void>((resolve) => child.once('exit', () => resolve()))
  const url = `http://127.0.0.1:${port}`
  await ready(url, child, () => output)
  return {
    url,
    output: () => output,
    stop: async () => {
      child.kill('SIGTERM')
      await ended
    },
  }
}

async function ready(url: string, child: ChildProcess, output: () => string): Promise<void> {
  for (let attempt = 0; attempt < 600; attempt += 1) {
    if (child.exitCode !== null) throw new Error(`Next ended with ${child.exitCode}:\n${output()}`)
    const answer = await fetch(`${url}/ready`).catch(() => null)
    if (answer?.status === 200) return
    await new Promise((resolve) => setTimeout(resolve, 100))
  }
  throw new Error(`Next was not ready in time:\n${output()}`)
}
