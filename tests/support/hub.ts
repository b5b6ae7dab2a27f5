import { type ChildProcess, spawn } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { mkdtemp, rm } from 'node:fs/promises'
import { connect } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { freePort } from './free-port'

export type TestHub = {
  url: string
  databaseUrl: string
  dataDir: string
  admin: { email: string; password: string }
  process: ChildProcess
  /** What it has printed so far. */
  output: () => string
  /** SIGTERM, and the exit code. */
  stop: () => Promise<number | null>
  /** SIGKILL: a crash. */
  kill: () => Promise<void>
}

const ADMIN = { email: 'admin@example.com', password: 'Admin-of-tests-1' }
const READY_MS = 110_000

/** A secret that every hub of a run shares, so that several instances on one database accept the same tokens. */
export const TEST_SECRET = process.env.HUB_TEST_SECRET ?? randomBytes(32).toString('hex')

/**
 * Starts the built hub (`dist/server.js`) as a process of its own on a free port, and waits until it is ready.
 * It trusts one proxy, so that each test can come from an address of its own. `checkout` is the folder whose hub is
 * started; defaults to this one.
 */
export async function startTestHub(
  databaseUrl: string,
  env: Record<string, string> = {},
  checkout = process.cwd(),
): Promise<TestHub> {
  const dataDir = await mkdtemp(join(tmpdir(), 'hub-data-'))
  const port = await freePort()
  const child = spawn(process.execPath, ['--enable-source-maps', 'dist/server.js'], {
    cwd: checkout,
    stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
    env: {
      PATH: process.env.PATH,
      NODE_ENV: 'production',
      APP_ENV: 'development',
      PANEL: 'off',
      PORT: String(port),
      DATABASE_URL: databaseUrl,
      HUB_DATA_DIR: dataDir,
      PAYLOAD_SECRET: TEST_SECRET,
      ADMIN_EMAIL: ADMIN.email,
      ADMIN_PASSWORD: ADMIN.password,
      TRUST_PROXY: '1',
      // Test files share one admin; the rate has a test of its own.
      GENERATED_API_RATE: '1000000',
      LOG_LEVEL: 'info',
      ...env,
    },
  })
  let output = ''
  for (const stream of [child.stdout, child.stderr])
    stream?.on('data', (chunk: Buffer) => (output += chunk.toString()))
  const ended = new Promise<number | null>((resolve) => child.once('exit', resolve))
  const clean = () => rm(dataDir, { recursive: true, force: true })
  const hub: TestHub = {
    url: `http://127.0.0.1:${port}`,
    databaseUrl,
    dataDir,
    admin: ADMIN,
    process: child,
    output: () => output,
    stop: async () => {
      child.kill('SIGTERM')
      const code = await ended
      await clean()
      return code
    },
    kill: async () => {
      child.kill('SIGKILL')
      await ended
      await clean()
    },
  }
  await ready(child, () => output)
  return hub
}

async function ready(child: ChildProcess, output: () => string): Promise<void> {
  let timer: NodeJS.Timeout | undefined
  try {
    await new Promise<void>((resolve, reject) => {
      timer = setTimeout(() => reject(new Error(`The hub was not ready in time:\n${output()}`)), READY_MS)
      child.on('message', (message) => message === 'ready' && resolve())
      child.once('exit', (code) => reject(new Error(`The hub ended with ${code}:\n${output()}`)))
    })
  } finally {
    clearTimeout(timer)
  }
}

/** Whether somebody new gets through: `fetch` would use a connection that is still open. */
export function takesConnections(url: string): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(Number(new URL(url).port), '127.0.0.1')
    socket.once('connect', () => resolve(true)).once('error', () => resolve(false))
    socket.once('close', () => resolve(false)).once('connect', () => socket.destroy())
  })
}
